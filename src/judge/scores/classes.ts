/**
 * Classification metrics from the predicted class of each row: counts per class, then precision, recall and
 * F1. A row counts by its weight, 1 by default. Pure functions on plain arrays.
 */

/** Weight of each row; 1 if omitted. */
export type Weights = ArrayLike<number> | undefined;

export function weightOf(weights: Weights, row: number): number {
  return weights === undefined ? 1 : weights[row]!;
}

/** Counts of one class, weighted. */
export interface ClassCounts {
  /** Rows of the class that were predicted as it (true positives). */
  right: number;
  /** Rows that were predicted as the class. */
  taken: number;
  /** Rows of the class. */
  support: number;
}

/**
 * Number of classes that rank above the true one in a row: more probable, or equally probable with a lower
 * index.
 */
function rankOf(probabilities: ArrayLike<number>, begin: number, classes: number, truth: number): number {
  const p = probabilities[begin + truth]!;
  let rank = 0;
  for (let k = 0; k < classes; k++) {
    const other = probabilities[begin + k]!;
    if (other > p || (other === p && k < truth)) rank++;
  }
  return rank;
}

/** Share of rows whose true class is among the k most probable, for each k; lower indices win ties. */
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

/**
 * Counts of each class if every row is predicted as its most probable class, the first one on a tie.
 * probabilities: (rows, classes).
 */
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

/** Counts of class 1 if rows above ½ are predicted as class 1. */
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

/** Figures of one class; null if the denominator is 0. */
export const CLASS_FIGURES = {
  /** Share of the rows predicted as the class that belong to it. */
  precision: ({ right, taken }: ClassCounts) => ratio(right, taken),
  /** Share of the rows of the class that were predicted as it. */
  recall: ({ right, support }: ClassCounts) => ratio(right, support),
  /** 2 / (1/precision + 1/recall) */
  f1: ({ right, taken, support }: ClassCounts) => ratio(2 * right, taken + support),
} as const;

/**
 * Mean of a figure over the classes that occur or are predicted. An undefined figure counts as 0, as in
 * scikit-learn: a class that is never predicted must not improve the mean. null if there are no rows.
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
