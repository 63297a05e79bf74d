/**
 * Speedup, efficiency and the Karp–Flatt metric of p workers compared with one, with propagated errors: times
 * are medians with standard errors, independent of each other. Pure functions.
 */
import type { Estimate, Statistic } from '../study-header.js';
import { estimate } from './estimate.js';

/** A ratio of two times with its error: σ = ratio · √((σ₁/T₁)² + (σₚ/Tₚ)²). */
interface Ratio {
  value: number;
  standardError: number | null;
  degreesOfFreedom: number;
}

function ratioOf(above: Statistic, below: Statistic): Ratio {
  const value = above.median / below.median;
  const degreesOfFreedom = above.count + below.count - 2;
  if (above.standardError === null || below.standardError === null) {
    return { value, standardError: null, degreesOfFreedom };
  }
  const relative = Math.hypot(above.standardError / above.median, below.standardError / below.median);
  return { value, standardError: value * relative, degreesOfFreedom };
}

function scaled({ value, standardError, degreesOfFreedom }: Ratio, factor: number, shift = 0): Estimate {
  const error = standardError === null ? null : standardError * Math.abs(factor);
  return estimate(factor * value + shift, error, degreesOfFreedom);
}

/** Speedup S, efficiency and e for one worker count. */
interface SpeedupFigures {
  speedup: Estimate;
  efficiency: Estimate;
  /** null for one worker. */
  karpFlatt: Estimate | null;
}

/** For the same batch: S = T₁/Tₚ, efficiency S/p, e = (1/S − 1/p)/(1 − 1/p) (Karp and Flatt, 1990). */
export function strongSpeedup(serial: Statistic, time: Statistic, workers: number): SpeedupFigures {
  const speedup = ratioOf(serial, time);
  const share = 1 / workers;
  return {
    speedup: scaled(speedup, 1),
    efficiency: scaled(speedup, share),
    karpFlatt: workers === 1 ? null : scaled(ratioOf(time, serial), 1 / (1 - share), -share / (1 - share)),
  };
}

/** For a batch p times as large: efficiency T₁/Tₚ, S = p · efficiency, e = (p − S)/(p − 1), Gustafson's s. */
export function weakSpeedup(serial: Statistic, time: Statistic, workers: number): SpeedupFigures {
  const efficiency = ratioOf(serial, time);
  const factor = workers / (workers - 1);
  return {
    speedup: scaled(efficiency, workers),
    efficiency: scaled(efficiency, 1),
    karpFlatt: workers === 1 ? null : scaled(efficiency, -factor, factor),
  };
}
