/**
 * How well classes are told apart, by the class that each row is taken for: counts of each class, and precision,
 * recall and F1 from them. A row counts as often as its weight says, once where there are none. Pure functions on
 * plain arrays.
 */

/** What each row counts; 1 unless given. */
export type Weights = ArrayLike<number> | undefined;

export function weightOf(weights: Weights, row: number): number {
  return weights === undefined ? 1 : weights[row]!;
}

/** Of one class. */
export interface ClassCounts {
  /** Rows of it that are taken for it. */
  right: number;
  /** Rows that are taken for it. */
  taken: number;
  /** Rows of it. */
  support: number;
}

/** How many of a row's other classes come before its true one: the more probable, and of equals the earlier. */
function rankOf(probabilities: ArrayLike<number>, begin: number, classes: number, truth: number): number {
  const p = probabilities[begin + truth]!;
  let rank = 0;
  for (let k = 0; k < classes; k++) {
    const other = probabilities[begin + k]!;
    if (other > p || (other === p && k < truth)) rank++;
  }
  return rank;
}

/**
 * The part of the rows (rows, classes) whose true class is among the k most probable, for each k; of equals the earlier
 * come first.
 */
export function topShares(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  ks: readonly number[],
  weights?: Weights,
): number[] {
  const ranks = new Float64Array(classes);
  for (let row = 0; row < truth.length; row++) {
    ranks[rankOf(probabilities, row * classes, classes, truth[row]!)]! += weightOf(weights, row);
  }
  const sumTo = (k: number) => ranks.subarray(0, k).reduce((sum, count) => sum + count, 0);
  return ks.map(k => sumTo(k) / sumTo(classes));
}

/** Counts of each class where rows (rows, classes) are taken for the most probable one, the first of equals. */
export function countClasses(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  weights?: Weights,
): ClassCounts[] {
  const counts = Array.from({ length: classes }, () => ({ right: 0, taken: 0, support: 0 }));
  for (let row = 0; row < truth.length; row++) {
    const begin = row * classes;
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[begin + k]! > probabilities[begin + best]!) best = k;
    }
    const label = truth[row]!;
    const weight = weightOf(weights, row);
    counts[best]!.taken += weight;
    counts[label]!.support += weight;
    if (best === label) counts[best]!.right += weight;
  }
  return counts;
}

/** Counts of class 1 where rows are taken for it above ½. */
export function countPositives(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  weights?: Weights,
): ClassCounts {
  const counts = { right: 0, taken: 0, support: 0 };
  for (let row = 0; row < truth.length; row++) {
    const taken = probabilities[row]! > 0.5;
    const positive = truth[row] === 1;
    const weight = weightOf(weights, row);
    if (taken) counts.taken += weight;
    if (positive) counts.support += weight;
    if (taken && positive) counts.right += weight;
  }
  return counts;
}

/** Of one class; null where there is nothing to divide by. */
export const CLASS_FIGURES = {
  /** Of the rows that are taken for the class, the part that is of it. */
  precision: ({ right, taken }: ClassCounts) => ratio(right, taken),
  /** Of the rows of the class, the part that is taken for it. */
  recall: ({ right, support }: ClassCounts) => ratio(right, support),
  /** 2 / (1/precision + 1/recall) */
  f1: ({ right, taken, support }: ClassCounts) => ratio(2 * right, taken + support),
} as const;

/**
 * The mean of a figure over the classes that rows are of or are taken for. What is not defined of one of them counts
 * as 0, as in scikit-learn: a class that is never predicted must not make the mean better. null without any row.
 */
export function macroMean(
  counts: readonly ClassCounts[],
  figure: (counts: ClassCounts) => number | null,
): number | null {
  const present = counts.filter(({ taken, support }) => taken + support > 0);
  return ratio(
    present.reduce((sum, one) => sum + (figure(one) ?? 0), 0),
    present.length,
  );
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
