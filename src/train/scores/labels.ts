/**
 * How well labels are told, each by itself: a label counts as there above ½. A row counts as often as its weight says.
 * Pure functions on arrays (rows, labels).
 */
import { type ClassCounts, type Weights, weightOf } from './classes.js';

/** Counts of class 1 of each label. */
export function countLabels(
  y: ArrayLike<number>,
  probabilities: Float32Array,
  labels: number,
  weights?: Weights,
): ClassCounts[] {
  const counts = Array.from({ length: labels }, () => ({ right: 0, taken: 0, support: 0 }));
  for (let begin = 0, row = 0; begin < y.length; begin += labels, row++) {
    const weight = weightOf(weights, row);
    for (let k = 0; k < labels; k++) {
      const taken = probabilities[begin + k]! > 0.5;
      const positive = y[begin + k] === 1;
      const count = counts[k]!;
      if (taken) count.taken += weight;
      if (positive) count.support += weight;
      if (taken && positive) count.right += weight;
    }
  }
  return counts;
}

/** The part of the rows all of whose labels are right. */
export function subsetAccuracy(
  y: ArrayLike<number>,
  probabilities: Float32Array,
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

/** The mean of a figure over all labels; what is not defined of one of them counts as 0, as in scikit-learn. */
export function labelMean(
  counts: readonly ClassCounts[],
  figure: (counts: ClassCounts) => number | null,
): number {
  return counts.reduce((sum, one) => sum + (figure(one) ?? 0), 0) / counts.length;
}
