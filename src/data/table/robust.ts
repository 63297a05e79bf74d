/**
 * Robust scaling, which no outlier can ruin: x ← (x − median) / (q75 − q25), then x ← x / √(1 + (x/3)²), which is nearly x
 * near 0 and never beyond ±3. If both quartiles are equal, x is divided by half of its range; a constant column becomes 0.
 * Categories are scaled like numbers of 0 and 1. Source: RealMLP (arXiv 2407.04491). Pure.
 */
import type { CategoryLevels } from '../dataset.js';
import { clipSmoothly } from './clip.js';
import type { CategoryFeature } from './feature.js';
import { type FilledColumn, quantile, ranksOf, valuesAt } from './quantiles.js';
import type { Scale } from './scale.js';
import { forEachSelected, type Selection } from './selection.js';

/** Largest absolute value of a scaled number. */
export const CLIP = 3;

/** The scale of numbers; `deviation` is 0 if all are equal. */
export function fitRobust(column: FilledColumn): Scale {
  const { count } = column.rows;
  const ranks = [0, count - 1, ...[0.25, 0.5, 0.75].flatMap(p => ranksOf(count, p))];
  const values = valuesAt(column, ranks);
  return robustScale(count, rank => values[ranks.indexOf(rank)]!);
}

/** @param valueAt the values in ascending order */
function robustScale(count: number, valueAt: (rank: number) => number): Scale {
  const [low, median, high] = [0.25, 0.5, 0.75].map(p => quantile(count, p, valueAt)) as [
    number,
    number,
    number,
  ];
  const range = high === low ? (valueAt(count - 1) - valueAt(0)) / 2 : high - low;
  return { mean: median, deviation: range, clip: CLIP };
}

/** How the values of a category become features. */
type ScaledCategory = { single: { values: number[]; other: number } } | { levels: CategoryLevels };

/**
 * Of two values one feature, scaled like a column of −1 and 1 in which other cells are 0; of more values one feature each,
 * scaled like a column of 0 and 1.
 */
export function fitLevels({ values, buckets, codes }: CategoryFeature, rows: Selection): ScaledCategory {
  const counts = new Array<number>(buckets ?? values.length).fill(0);
  forEachSelected(codes, Int32Array, rows, block => {
    for (const code of block) if (code >= 0) counts[code]!++;
  });
  const present = values.flatMap((value, i) => (value === '' ? [] : [i]));
  if (buckets === undefined && present.length === 2) {
    const [minus, plus] = present as [number, number];
    const scale = scaleOfSteps(rows.count, [
      { value: -1, count: counts[minus]! },
      { value: 0, count: rows.count - counts[minus]! - counts[plus]! },
      { value: 1, count: counts[plus]! },
    ]);
    const other = scaled(0, scale);
    const single = values.map((_, i) =>
      i === minus ? scaled(-1, scale) : i === plus ? scaled(1, scale) : other,
    );
    return { single: { values: single, other } };
  }
  const scales = counts.map(count =>
    scaleOfSteps(rows.count, [
      { value: 0, count: rows.count - count },
      { value: 1, count },
    ]),
  );
  return {
    levels: { on: scales.map(scale => scaled(1, scale)), off: scales.map(scale => scaled(0, scale)) },
  };
}

/** The scale of a column with a few different values, in ascending order. */
function scaleOfSteps(rows: number, steps: readonly { value: number; count: number }[]): Scale {
  const occurring = steps.filter(({ count }) => count > 0);
  return robustScale(rows, rank => {
    let left = rank;
    return occurring.find(({ count }) => {
      left -= count;
      return left < 0;
    })!.value;
  });
}

function scaled(value: number, { mean, deviation, clip = CLIP }: Scale): number {
  return deviation > 0 ? clipSmoothly((value - mean) / deviation, clip) : 0;
}
