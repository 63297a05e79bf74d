/**
 * The serial fraction computed from the phases of a step, for comparison with the one implied by speedups.
 */
import { PHASES, type Phase } from '../../../model/plan.js';
import type { SerialFraction } from '../scaling-schema.js';

type Phases = Readonly<Record<Phase, number>>;

/** Seconds of the step: the sum of its phases. */
function stepOf(phases: Phases): number {
  return PHASES.reduce((sum, phase) => sum + phases[phase], 0);
}

/**
 * Tₚ = W + B, waiting and busy time. The two terms of e = (Tₚ/T₁ − 1/p) · p/(p − 1) are W/T₁ · p/(p − 1) and
 * (B/T₁ − 1/p) · p/(p − 1): time lost in barriers, and the cost of work beyond its share.
 */
export function strongSerialFraction(serial: Phases, phases: Phases, workers: number): SerialFraction {
  const one = stepOf(serial);
  const factor = workers / (workers - 1);
  const busy = stepOf(phases) - phases.waiting;
  return { waiting: (phases.waiting / one) * factor, extraWork: (busy / one - 1 / workers) * factor };
}

/** Likewise for e = (1 − T₁/Tₚ) · p/(p − 1): W/Tₚ · p/(p − 1) and (B − T₁)/Tₚ · p/(p − 1). */
export function weakSerialFraction(serial: Phases, phases: Phases, workers: number): SerialFraction {
  const step = stepOf(phases);
  const factor = workers / (workers - 1);
  const busy = step - phases.waiting;
  return {
    waiting: (phases.waiting / step) * factor,
    extraWork: ((busy - stepOf(serial)) / step) * factor,
  };
}
