/**
 * Numbers in bins: beside the number itself, a column has a feature for each of a few bins between quantiles of the training rows.
 * It is 0 below its bin, 1 above it, and rises in a straight line within it, so that the first layer can learn any function that
 * is a straight line in each bin. Nothing leaves 0 to 1, so that no outlier matters. Source: Gorishniy, Rubachev and Babenko 2022,
 * arXiv 2203.05556, section 3.2. Pure; also part of exported modules.
 */

/** How far along its bin from `low` to `high` a value is. */
export function shareOfBin(value: number, low: number, high: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Features that bins with these edges become. */
export function countBins(edges: readonly number[] | undefined): number {
  return edges === undefined ? 0 : edges.length - 1;
}
