/**
 * Statistics of a few repeats of one measurement: median, spread, and an interval of the median that makes no
 * assumption about the distribution. Pure functions.
 */
import { Random } from '../../../random.js';
import { median, medianDeviation } from '../../bench/statistics.js';
import type { Statistic } from '../study-header.js';
import { CONFIDENCE } from './estimate.js';

/** Bootstrap resamples: the relative error of the estimated error is then 1/√(2·1000), 2 %. */
const RESAMPLES = 1000;
const SEED = 1;

/** @throws RangeError if there are no values */
export function summarizeRepeats(values: readonly number[]): Statistic {
  const sorted = [...values].sort((a, b) => a - b);
  const { rank, coverage } = orderInterval(sorted.length);
  return {
    count: sorted.length,
    median: median(sorted),
    mad: medianDeviation(sorted),
    standardError: sorted.length < 2 ? null : bootstrapError(sorted),
    low: sorted[rank]!,
    high: sorted[sorted.length - 1 - rank]!,
    coverage,
  };
}

/**
 * The narrowest [x(r), x(n−1−r)], ranks from 0, that contains the median with a probability of at least 0.95:
 * 1 − 2 Σ(i ≤ r) C(n, i) / 2ⁿ. Fewer than six values can't reach that, so their full range is used.
 */
export function orderInterval(count: number): { rank: number; coverage: number } {
  let rank = 0;
  // P(at most `rank` values lie below the median), and the last term of that sum.
  let term = 0.5 ** count;
  let tail = term;
  for (let next = 1; next < count / 2; next++) {
    term *= (count - next + 1) / next;
    if (1 - 2 * (tail + term) < CONFIDENCE) break;
    tail += term;
    rank = next;
  }
  return { rank, coverage: 1 - 2 * tail };
}

/** Standard deviation of the medians of resamples with replacement, from a fixed seed. */
function bootstrapError(values: readonly number[]): number {
  const random = new Random(SEED, 'probe');
  const { length } = values;
  const medians = Array.from({ length: RESAMPLES }, (_, resample) =>
    median(values.map((_, i) => values[Math.floor(random.uniform(resample * length + i) * length)]!)),
  );
  const mean = medians.reduce((sum, value) => sum + value, 0) / RESAMPLES;
  const squares = medians.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (RESAMPLES - 1));
}
