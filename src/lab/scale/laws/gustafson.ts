/**
 * Gustafson's law: the work grows with the workers, and a fraction s of the time is serial. Pure functions.
 */
import { fitSlope, type Slope } from './line.js';
import type { Observation } from './observation.js';

/** S = p + s (1 − p) */
export function gustafsonSpeedup(workers: number, serialFraction: number): number {
  return workers + serialFraction * (1 - workers);
}

/**
 * Least squares in closed form: p − S = s (p − 1). One worker contributes nothing to s.
 * @param relativeError standard error of T₁, which all speedups share, divided by T₁
 */
export function fitGustafson(speedups: readonly Observation[], relativeError: number): Slope {
  const parallel = speedups.filter(({ workers }) => workers > 1);
  return fitSlope(
    parallel.map(({ workers }) => workers - 1),
    parallel.map(({ workers, value }) => workers - value),
    // y = p − p T₁/Tₚ
    parallel.map(({ value }) => -value),
    relativeError,
  );
}
