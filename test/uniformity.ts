/** Whether counts and orders look random, for tests with fixed seeds. */

/**
 * χ² of counts that should be equal, in standard deviations from its mean: above 6 is no chance.
 *
 * @param expected of each; their mean unless given
 */
export function chiSquare(counts: readonly number[], expected?: number): number {
  const mean = expected ?? counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const square = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  const freedom = counts.length - 1;
  return (square - freedom) / Math.sqrt(2 * freedom);
}

/** Number of an order of 0 … n − 1 among all n! of them. */
export function permutationNumber(order: ArrayLike<number>): number {
  let number = 0;
  for (let i = 0; i < order.length; i++) {
    let smaller = 0;
    for (let j = i + 1; j < order.length; j++) if (order[j]! < order[i]!) smaller++;
    number = number * (order.length - i) + smaller;
  }
  return number;
}

/** Pearson's correlation of two orders of as many rows, in standard deviations of that of random ones. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const mean = (n - 1) / 2;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a[i]! - mean) * (b[i]! - mean);
  const variance = (n * n - 1) / 12;
  return (sum / (n * variance)) * Math.sqrt(n - 1);
}
