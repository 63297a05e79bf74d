/**
 * Metrics of multilabel predictions, each label separately: above ½, a label is predicted as 1. Rows count by
 * their weights. Pure functions on arrays of shape (rows, labels).
 */
import { type ClassCounts, type Weights, weightOf } from './classes.js';

/** Counts of class 1 for each label. */
export function countLabels(
  y: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: number,
  weights?: Weights,
): ClassCounts[] {
  return Array.from({ length: labels }, (_, k) => {
    let right = 0;
    let taken = 0;
    let support = 0;
    for (let i = k, row = 0; i < y.length; i += labels, row++) {
      const weight = weightOf(weights, row);
      const isTaken = probabilities[i]! > 0.5;
      if (isTaken) taken += weight;
      if (y[i] !== 1) continue;
      support += weight;
      if (isTaken) right += weight;
    }
    return { right, taken, support };
  });
}

/** Share of the rows in which all labels are correct. */
export function subsetAccuracy(
  y: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: number,
  weights?: Weights,
): number {
  let right = 0;
  let count = 0;
  for (let begin = 0, row = 0; begin < y.length; begin += labels, row++) {
    const weight = weightOf(weights, row);
    count += weight;
    let k = 0;
    while (k < labels && probabilities[begin + k]! > 0.5 === (y[begin + k] === 1)) k++;
    if (k === labels) right += weight;
  }
  return right / count;
}

/** Mean of a figure over all labels; an undefined figure counts as 0, as in scikit-learn. */
export function labelMean(
  counts: readonly ClassCounts[],
  figure: (counts: ClassCounts) => number | null,
): number {
  return counts.reduce((sum, one) => sum + (figure(one) ?? 0), 0) / counts.length;
}
