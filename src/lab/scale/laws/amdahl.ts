/** Amdahl's law: a fraction s of a fixed amount of work is serial. Pure functions. */
import { fitSlope, type Slope } from './line.js';
import type { Observation } from './observation.js';

/** S = 1/(s + (1 − s)/p); an s below 0, which is physically impossible, counts as 0. */
export function amdahlSpeedup(workers: number, serialFraction: number): number {
  const s = Math.max(0, serialFraction);
  return 1 / (s + (1 - s) / workers);
}

/**
 * Least squares in closed form: 1/S − 1/p = s (1 − 1/p), so s = Σ x y / Σ x² with x = 1 − 1/p, y = 1/S − 1/p.
 * One worker contributes nothing to s.
 * @param relativeError standard error of T₁, which all speedups share, divided by T₁
 */
export function fitAmdahl(speedups: readonly Observation[], relativeError: number): Slope {
  const parallel = speedups.filter(({ workers }) => workers > 1);
  return fitSlope(
    parallel.map(({ workers }) => 1 - 1 / workers),
    parallel.map(({ workers, value }) => 1 / value - 1 / workers),
    // y = Tₚ/T₁ − 1/p
    parallel.map(({ value }) => -1 / value),
    relativeError,
  );
}
