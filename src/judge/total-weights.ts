/** Total weights of a set of rows, by which means over them are divided. Pure functions. */

/** Sums over a set of rows. */
export interface Extent {
  /** Σ of their weights in E. */
  weight: number;
  /** Σ of what they count in metrics. */
  rows: number;
}

/** The extent of all rows of a table. */
export function extentOf(
  { weights, counts }: { weights: Float32Array | null; counts: Float32Array | null },
  rows: number,
): Extent {
  return { weight: weights ? sum(weights) : rows, rows: counts ? sum(counts) : rows };
}

/** Σ values */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
