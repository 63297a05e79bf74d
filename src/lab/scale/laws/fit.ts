/** Fits a scaling law to observations, or explains why it can't. Pure functions. */

import type { Fit as FitOf, FittedLaw, LawName } from '../scaling-schema.js';
import type { Estimate } from '../study-header.js';
import { amdahlSpeedup, fitAmdahl } from './amdahl.js';
import { estimate } from './estimate.js';
import { fitGustafson, gustafsonSpeedup } from './gustafson.js';
import type { Slope } from './line.js';
import { distinctWorkers, type Observation } from './observation.js';
import { fitUsl, type UslFit, uslGradient, uslPeak, uslThroughput } from './usl.js';

export type { Observation };

export interface FitOptions {
  /** amdahl, gustafson: relative standard error of the serial time, which all speedups share. */
  serialError?: number;
  /** Worker count up to which the law is drawn; by default the largest observed. */
  upTo?: number;
}

/** Number of distinct worker counts that a law needs: more than it has parameters. */
const LEAST: Readonly<Record<LawName, number>> = { amdahl: 2, gustafson: 2, usl: 4 };

/** Common form of a fitted law. */
interface Law {
  quantity: FittedLaw['quantity'];
  parameters: Record<string, Estimate>;
  degreesOfFreedom: number;
  residualStandardError: number;
  predict(workers: number): number;
  /** The 95 % band of the prediction. */
  band(workers: number): { low: number; high: number };
  peak: FittedLaw['peak'];
}

/**
 * Fits a law by least squares: amdahl S = 1/(s + (1 − s)/p) and gustafson S = p + s (1 − p) to speedups, usl
 * X = γN/(1 + α(N − 1) + βN(N − 1)) to throughputs. Repeats count as separate observations. Refused, with the
 * reason, if there are too few worker counts, or no more observations than parameters.
 */
export function fit(law: LawName, observations: readonly Observation[], options: FitOptions = {}): FitOf {
  const distinct = distinctWorkers(observations);
  if (distinct < LEAST[law]) {
    return { law, fitted: false, reason: `expected at least ${LEAST[law]} worker counts, got ${distinct}` };
  }
  const { parameters, degreesOfFreedom, ...found } = solve(law, observations, options);
  if (degreesOfFreedom < 1) {
    const reason = 'expected more observations than parameters, so that there is an error to tell';
    return { law, fitted: false, reason };
  }
  const residuals = observations.map(({ workers, value }) => {
    const predicted = found.predict(workers);
    return { workers, observed: value, predicted, residual: value - predicted };
  });
  const most = Math.max(options.upTo ?? 1, ...observations.map(({ workers }) => workers));
  return {
    law,
    fitted: true,
    quantity: found.quantity,
    parameters,
    rSquared: rSquared(residuals),
    residualStandardError: found.residualStandardError,
    degreesOfFreedom,
    residuals,
    peak: found.peak,
    line: steps(most).map(workers => ({ workers, value: found.predict(workers), ...found.band(workers) })),
  };
}

function solve(law: LawName, observations: readonly Observation[], { serialError = 0 }: FitOptions): Law {
  if (law === 'usl') return uslLaw(fitUsl(observations));
  return law === 'amdahl'
    ? slopeLaw(fitAmdahl(observations, serialError), amdahlSpeedup)
    : slopeLaw(fitGustafson(observations, serialError), gustafsonSpeedup);
}

function slopeLaw(
  { parameter, ...slope }: Slope,
  speedup: (workers: number, serialFraction: number) => number,
): Law {
  return {
    quantity: 'speedup',
    parameters: { serialFraction: parameter },
    ...slope,
    predict: workers => speedup(workers, parameter.value),
    // A larger serial fraction is slower for any number of workers.
    band: workers => ({ low: speedup(workers, parameter.high), high: speedup(workers, parameter.low) }),
    peak: null,
  };
}

function uslLaw({ parameters, covariance, free, squares, degreesOfFreedom }: UslFit): Law {
  const predict = (workers: number) => uslThroughput(workers, parameters);
  const named = ['gamma', 'alpha', 'beta'].map((name, i) => {
    const error = free[i] ? Math.sqrt(covariance[i]![i]!) : null;
    return [name, estimate(parameters[i]!, error, degreesOfFreedom)];
  });
  const peak = uslPeak(parameters);
  return {
    quantity: 'samplesPerSecond',
    parameters: Object.fromEntries(named),
    degreesOfFreedom,
    residualStandardError: Math.sqrt(squares / degreesOfFreedom),
    predict,
    band: workers => {
      // σ² = gᵀ C g, where g is the gradient with respect to the parameters.
      const g = uslGradient(workers, parameters);
      const variance = g.reduce(
        (sum, a, i) => sum + g.reduce((row, b, k) => row + a * b * covariance[i]![k]!, 0),
        0,
      );
      const { low, high } = estimate(predict(workers), Math.sqrt(variance), degreesOfFreedom);
      return { low, high };
    },
    peak: peak === null ? null : { workers: peak, value: predict(peak) },
  };
}

/** 1 − Σ residual² / Σ (observed − mean)²; 0 if all observations are equal. */
function rSquared(residuals: FittedLaw['residuals']): number {
  const mean = residuals.reduce((sum, { observed }) => sum + observed, 0) / residuals.length;
  const total = residuals.reduce((sum, { observed }) => sum + (observed - mean) ** 2, 0);
  const rest = residuals.reduce((sum, { residual }) => sum + residual ** 2, 0);
  return total > 0 ? 1 - rest / total : 0;
}

/** Worker counts at which a law is drawn: all up to 32, then evenly on a log scale. */
function steps(most: number): number[] {
  const dense = Array.from({ length: Math.min(most, 32) }, (_, i) => i + 1);
  const sparse: number[] = [];
  for (let workers = 32 * 1.1; workers < most; workers *= 1.1) sparse.push(Math.round(workers));
  return most > 32 ? [...dense, ...sparse, most] : dense;
}
