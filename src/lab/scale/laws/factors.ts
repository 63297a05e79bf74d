/**
 * Efficiency as a product of factors, as the POP project takes it apart (Performance Optimisation and Productivity, pop-coe.eu),
 * from the phases of a step: useful time U (all but waiting and exchange), averaged over the workers, and of the busiest. Pure.
 */
import { PHASES } from '../../../model/plan.js';
import type { Factors, Point } from '../scaling-schema.js';

interface Step {
  seconds: number;
  /** Clock of the busy cores, in cycles per second. */
  hertz: number;
}

/**
 * With p workers, T₁ and T the seconds of a step, X those of the exchange between ranks, f₁ and f the clocks:
 * loadBalance = mean U / max U; serialisation = max U / (T − X); transfer = (T − X) / T; clock = f / f₁;
 * work = T₁ / (p · mean U · clock), without p if the batch grows with the workers. Their product is the efficiency.
 */
export function efficiencyFactors(
  mode: 'strong' | 'weak',
  serial: Step,
  { workers, phases, imbalance, clock }: Pick<Point, 'workers' | 'phases' | 'imbalance' | 'clock'>,
): Factors {
  const { waiting, exchange = 0 } = phases;
  const step = PHASES.reduce((sum, phase) => sum + phases[phase], exchange);
  const useful = step - waiting - exchange;
  const most = useful * imbalance.median;
  const clockRatio = clock.median / serial.hertz;
  const parts = mode === 'weak' ? 1 : workers;
  return {
    loadBalance: 1 / imbalance.median,
    serialisation: most / (step - exchange),
    transfer: (step - exchange) / step,
    clock: clockRatio,
    work: serial.seconds / (parts * useful * clockRatio),
  };
}
