/**
 * Standardisation: x ← (x − mean) / deviation. Sums run in row order, so that the same rows always give the
 * same bits.
 */
import { forEachSelected, type Selection } from './selection.js';
import type { Numbers } from './store.js';

export interface Scale {
  mean: number;
  deviation: number;
  /**
   * For robust scaling (robust.ts), whose `mean` is the median and whose `deviation` is the range of the middle half: the
   * largest absolute value c of x ← x / √(1 + (x/c)²).
   */
  clip?: number;
}

export const IDENTITY: Readonly<Scale> = { mean: 0, deviation: 1 };

/**
 * mean = Σ v / n and deviation = √(Σ (v − mean)² / n), 0 if all values are equal. Both are computed from sums
 * of d = v − v(first): since v(first) is one of the n values, (v(first) − mean)² ≤ n · deviation², so that
 * cancellation is small.
 *
 * @param fill value of missing cells, if there are any
 */
export function fitScale(values: Numbers, rows: Selection, fill: number | null): Scale {
  let origin: number | null = null;
  let sum = 0;
  let squares = 0;
  let missing = 0;
  forEachSelected(values, Float64Array, rows, block => {
    origin ??= Number.isNaN(block[0]!) ? fill! : block[0]!;
    for (let i = 0; i < block.length; i++) {
      const d = block[i]! - origin;
      if (Number.isNaN(d)) missing++;
      else {
        sum += d;
        squares += d * d;
      }
    }
  });
  const begin = origin ?? 0;
  if (missing > 0) {
    sum += missing * (fill! - begin);
    squares += missing * ((fill! - begin) * (fill! - begin));
  }
  const shift = sum / rows.count;
  const variance = squares / rows.count - shift * shift;
  return { mean: begin + shift, deviation: variance > 0 ? Math.sqrt(variance) : 0 };
}

/** Mean of the values that are not missing; NaN if there are none. */
export function meanOf(values: Numbers, rows: Selection): number {
  // Computed from differences to the first value, so that the mean of equal values is exact.
  let origin = Number.NaN;
  let sum = 0;
  let count = 0;
  forEachSelected(values, Float64Array, rows, block => {
    for (const value of block) {
      if (Number.isNaN(value)) continue;
      if (count === 0) origin = value;
      sum += value - origin;
      count++;
    }
  });
  return origin + sum / count;
}

/** The least and the greatest of some values, none of which is missing. */
export function rangeOf(values: Numbers, rows: Selection): { least: number; greatest: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  forEachSelected(values, Float64Array, rows, block => {
    for (const value of block) {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  });
  return { least, greatest };
}
