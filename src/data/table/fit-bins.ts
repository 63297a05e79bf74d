/** Finds the edges of the bins of a column (bins.ts). Pure. */
import { type FilledColumn, quantile, ranksOf, valuesAt } from './quantiles.js';

/**
 * The edges of at most so many bins, in ascending order: the quantiles i / bins, equal ones once. None if that leaves a single bin,
 * which says no more than the number.
 */
export function fitBins(column: FilledColumn, bins: number): number[] {
  const { count } = column.rows;
  const shares = Array.from({ length: bins + 1 }, (_, i) => i / bins);
  const ranks = [...new Set(shares.flatMap(share => ranksOf(count, share)))];
  const values = valuesAt(column, ranks);
  const quantiles = shares.map(share => quantile(count, share, rank => values[ranks.indexOf(rank)]!));
  const edges = quantiles.filter((edge, i) => i === 0 || edge > quantiles[i - 1]!);
  return edges.length > 2 ? edges : [];
}
