/**
 * The serial fraction computed from the phases of a step, for comparison with the one implied by speedups.
 */
import { type ByPhase, PHASES } from '../../../model/plan.js';
import type { SerialFraction } from '../scaling-schema.js';

/** Seconds of the step: the sum of its phases. */
function stepOf(phases: ByPhase): number {
  return PHASES.reduce((sum, phase) => sum + phases[phase], exchangeOf(phases));
}

const exchangeOf = ({ exchange = 0 }: ByPhase) => exchange;

/** Time of work. */
function busyOf(phases: ByPhase): number {
  return stepOf(phases) - phases.waiting - exchangeOf(phases);
}

/**
 * Tₚ = W + X + B: waiting, exchange and busy time. The terms of e = (Tₚ/T₁ − 1/p) · p/(p − 1) are W/T₁ · p/(p − 1), X/T₁ ·
 * p/(p − 1) and (B/T₁ − 1/p) · p/(p − 1): time lost in barriers and between ranks, and the cost of work beyond its share.
 */
export function strongSerialFraction(serial: ByPhase, phases: ByPhase, workers: number): SerialFraction {
  const one = stepOf(serial);
  const factor = workers / (workers - 1);
  return {
    waiting: (phases.waiting / one) * factor,
    exchange: (exchangeOf(phases) / one) * factor,
    extraWork: (busyOf(phases) / one - 1 / workers) * factor,
  };
}

/** Likewise for e = (1 − T₁/Tₚ) · p/(p − 1): W/Tₚ · p/(p − 1), X/Tₚ · p/(p − 1) and (B − T₁)/Tₚ · p/(p − 1). */
export function weakSerialFraction(serial: ByPhase, phases: ByPhase, workers: number): SerialFraction {
  const step = stepOf(phases);
  const factor = workers / (workers - 1);
  return {
    waiting: (phases.waiting / step) * factor,
    exchange: (exchangeOf(phases) / step) * factor,
    extraWork: ((busyOf(phases) - stepOf(serial)) / step) * factor,
  };
}
