/**
 * Metrics of class probabilities: area under the ROC curve, and logarithmic loss. Rows count by their
 * weights. Pure functions on plain arrays.
 */
import { log } from '../../elementary.js';
import { type Weights, weightOf } from './classes.js';
import type { Known } from './known.js';

/** Spacing of float64 at 1. Probabilities are clipped to this distance from 0 and 1, as in scikit-learn. */
const EPSILON = Number.EPSILON;

/**
 * −(1/n) Σ ln p(true class), for rows (rows, classes) of probabilities, or probabilities of class 1 if there
 * is one output. Each p is clipped to [ε, 1 − ε], ε = 2⁻⁵², and each row divided by its sum, which rounding
 * leaves near 1.
 */
export function logLoss(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  outputs: number,
  weights?: Weights,
): number {
  const likelihoodOf = outputs === 1 ? likelihoodOfTwo : likelihoodOfMore;
  let total = 0;
  let count = 0;
  for (let row = 0; row < truth.length; row++) {
    const weight = weightOf(weights, row);
    total -= weight * log(likelihoodOf(truth[row]!, probabilities, row, outputs));
    count += weight;
  }
  return total / count;
}

/** The log-loss of any task of classes; for labels, the mean over them. */
export function meanLogLoss({ task, y, outputs, weights }: Known, yHat: Float64Array): number {
  if (task !== 'multilabel') return logLoss(y, yHat, outputs, weights);
  // Each label has the weight of its row.
  const each = weights && Float64Array.from(y, (_, i) => weights[Math.floor(i / outputs)]!);
  return logLoss(y, yHat, 1, each);
}

function likelihoodOfTwo(truth: number, probabilities: ArrayLike<number>, row: number): number {
  const p = clip(probabilities[row]!);
  return truth === 1 ? p : 1 - p;
}

function likelihoodOfMore(
  truth: number,
  probabilities: ArrayLike<number>,
  row: number,
  outputs: number,
): number {
  const begin = row * outputs;
  let sum = 0;
  for (let k = 0; k < outputs; k++) sum += clip(probabilities[begin + k]!);
  return clip(probabilities[begin + truth]!) / sum;
}

function clip(p: number): number {
  return p < EPSILON ? EPSILON : p > 1 - EPSILON ? 1 - EPSILON : p;
}

/**
 * Area under the ROC curve of one class against the rest: the share of pairs of a row of the class and
 * another row in which the first has the higher probability, with ties counted as ½ (Mann and Whitney). null
 * if there is no such pair, or if a probability is outside 0 to 1. A pair of weighted rows counts as the
 * product of their weights; sorting weighted rows needs a comparison function and takes ten times as long.
 *
 * @param probabilities (rows, outputs), with the class's probabilities in column `column`
 */
export function areaUnderRoc(
  truth: ArrayLike<number>,
  label: number,
  probabilities: ArrayLike<number>,
  outputs: number,
  column: number,
  weights?: Weights,
): number | null {
  const rows = truth.length;
  const p = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    p[row] = probabilities[row * outputs + column]!;
    if (!(p[row]! >= 0 && p[row]! <= 1)) return null;
  }
  return weights ? weightedArea(truth, label, p, weights) : plainArea(truth, label, p);
}

/** Sorts both sides separately as plain numbers, then counts pairs in one pass over both. */
function plainArea(truth: ArrayLike<number>, label: number, p: Float64Array): number | null {
  const rows = p.length;
  const sides = new Float64Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    // Turns −0 into 0.
    if (truth[row] === label) sides[count++] = p[row]! + 0;
    else sides[rows - 1 - row + count] = p[row]! + 0;
  }
  // From 0 to 1, the bit patterns of float64 are in the order of the numbers, and integers sort in two thirds
  // of the time.
  const bits = new BigUint64Array(sides.buffer);
  bits.subarray(0, count).sort();
  bits.subarray(count).sort();
  return areaOfSorted(sides.subarray(0, count), sides.subarray(count));
}

function areaOfSorted(positives: Float64Array, others: Float64Array): number | null {
  let pairs = 0;
  let below = 0;
  let notAbove = 0;
  for (const value of positives) {
    while (below < others.length && others[below]! < value) below++;
    while (notAbove < others.length && others[notAbove]! <= value) notAbove++;
    pairs += (below + notAbove) / 2;
  }
  const count = positives.length * others.length;
  return count === 0 ? null : pairs / count;
}

function weightedArea(
  truth: ArrayLike<number>,
  label: number,
  p: Float64Array,
  weights: ArrayLike<number>,
): number | null {
  const order = Uint32Array.from(p.keys()).sort((a, b) => p[a]! - p[b]!);
  let pairs = 0;
  let positives = 0;
  let below = 0;
  for (let i = 0; i < order.length; ) {
    const value = p[order[i]!]!;
    let tied = 0;
    let others = 0;
    for (; i < order.length && p[order[i]!]! === value; i++) {
      const row = order[i]!;
      if (truth[row] === label) tied += weights[row]!;
      else others += weights[row]!;
    }
    pairs += tied * (below + others / 2);
    positives += tied;
    below += others;
  }
  return positives === 0 || below === 0 ? null : pairs / (positives * below);
}
