/**
 * How good probabilities of classes are, beyond the class that they make likeliest: the area under the ROC curve, and
 * the logarithmic loss. A row counts as often as its weight says. Pure functions on plain arrays.
 */
import { type Weights, weightOf } from './classes.js';

/** The step of float64 at 1: what is nearer to 0 or 1 is taken for so near, as scikit-learn does with float64. */
const EPSILON = Number.EPSILON;

/**
 * −(1/n) Σ ln p(true class), of rows (rows, classes) of probabilities or, for one class, those of class 1. Each p is
 * kept within [ε, 1 − ε], ε = 2⁻⁵², and a row divided by its sum, which rounding leaves near 1.
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
    total -= weight * Math.log(likelihoodOf(truth[row]!, probabilities, row, outputs));
    count += weight;
  }
  return total / count;
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
 * The area under the ROC curve of one class against the rest, which is the part of the pairs of a row of the class
 * and another in which the first has the higher probability, ties counted half (Mann and Whitney). null if there is
 * no such pair, or a probability is not from 0 to 1. A pair of weighted rows counts the product of their weights; their
 * sort, by a function, takes ten times as long.
 *
 * @param probabilities (rows, outputs), of which the column `column` is of the class
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

/** Both sides sorted by themselves, as plain numbers, then counted in one pass over the two. */
function plainArea(truth: ArrayLike<number>, label: number, p: Float64Array): number | null {
  const rows = p.length;
  const sides = new Float64Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    // −0 becomes 0.
    if (truth[row] === label) sides[count++] = p[row]! + 0;
    else sides[rows - 1 - row + count] = p[row]! + 0;
  }
  // From 0 to 1 the bits of float64 are in the order of the numbers, and sorted in two thirds of the time.
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
