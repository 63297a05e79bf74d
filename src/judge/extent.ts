/** What some rows weigh together: what a mean over them is divided by. Pure functions. */

/** Σ over some rows. */
export interface Extent {
  /** Of their weights in E. */
  weight: number;
  /** Of what they count. */
  rows: number;
}

/** Of all rows of a table. */
export function extentOf(
  { weights, counts }: { weights: Float32Array | null; counts: Float32Array | null },
  rows: number,
): Extent {
  return { weight: weights ? sum(weights) : rows, rows: counts ? sum(counts) : rows };
}

/** Σ values. */
export function sum(values: Float32Array | Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
