/**
 * How good probabilities of classes are, beyond the class that they make likeliest: the area under the ROC curve, and
 * the logarithmic loss. A row counts as often as its weight says. Pure functions on plain arrays.
 */
import { type Weights, weightOf } from './classes.js';

/** The steps of float32 at 1: what is nearer to 0 or 1 is taken for so near, as scikit-learn does with float32. */
const EPSILON = 2 ** -23;

/**
 * −(1/n) Σ ln p(true class), of rows (rows, classes) of probabilities or, for one class, those of class 1. Each p is
 * kept within [ε, 1 − ε], ε = 2⁻²³, and a row divided by its sum, which float32 leaves near 1.
 */
export function logLoss(
  truth: ArrayLike<number>,
  probabilities: Float32Array,
  outputs: number,
  weights?: Weights,
): number {
  const likelihoodOf = outputs === 1 ? likelihoodOfTwo : likelihoodOfMore;
  let total = 0;
  let count = 0;
  for (let row = 0; row < truth.length; row++) {
    const weight = weightOf(weights, row);
    total -= weight * Math.log(likelihoodOf(truth[row]!, probabilities, row, outputs));
    count += weight;
  }
  return total / count;
}

function likelihoodOfTwo(truth: number, probabilities: Float32Array, row: number): number {
  const p = clip(probabilities[row]!);
  return truth === 1 ? p : 1 - p;
}

function likelihoodOfMore(truth: number, probabilities: Float32Array, row: number, outputs: number): number {
  const begin = row * outputs;
  let sum = 0;
  for (let k = 0; k < outputs; k++) sum += clip(probabilities[begin + k]!);
  return clip(probabilities[begin + truth]!) / sum;
}

function clip(p: number): number {
  return p < EPSILON ? EPSILON : p > 1 - EPSILON ? 1 - EPSILON : p;
}

/**
 * The area under the ROC curve of one class against the rest, which is the part of the pairs of a row of the class
 * and another in which the first has the higher probability, ties counted half (Mann and Whitney). null where there is
 * no such pair, or a probability is none. A pair of weighted rows counts the product of their weights; their sort, by a
 * function, takes ten times as long.
 *
 * @param probabilities (rows, outputs), of which the column `column` is of the class
 */
export function areaUnderRoc(
  truth: ArrayLike<number>,
  label: number,
  probabilities: Float32Array,
  outputs: number,
  column: number,
  weights?: Weights,
): number | null {
  if (weights !== undefined) return weightedArea(truth, label, probabilities, outputs, column, weights);
  const rows = truth.length;
  // From 0 to 1 the bits of float32 are in the order of the numbers, and leave room for the label below them.
  const keys = new Uint32Array(rows);
  const bits = new Uint32Array(probabilities.buffer, probabilities.byteOffset, probabilities.length);
  for (let row = 0; row < rows; row++) {
    const i = row * outputs + column;
    if (!(probabilities[i]! >= 0 && probabilities[i]! <= 1)) return null;
    // −0 has a bit of its own.
    keys[row] = ((bits[i]! & 0x7fffffff) << 1) | Number(truth[row] === label);
  }
  keys.sort();
  let pairs = 0;
  let positives = 0;
  let below = 0;
  for (let i = 0; i < rows; ) {
    const value = keys[i]! >>> 1;
    const begin = i;
    let tied = 0;
    for (; i < rows && keys[i]! >>> 1 === value; i++) tied += keys[i]! & 1;
    const others = i - begin - tied;
    pairs += tied * (below + others / 2);
    positives += tied;
    below += others;
  }
  return positives === 0 || below === 0 ? null : pairs / (positives * below);
}

function weightedArea(
  truth: ArrayLike<number>,
  label: number,
  probabilities: Float32Array,
  outputs: number,
  column: number,
  weights: ArrayLike<number>,
): number | null {
  const p = Float32Array.from({ length: truth.length }, (_, row) => probabilities[row * outputs + column]!);
  if (!p.every(value => value >= 0 && value <= 1)) return null;
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
