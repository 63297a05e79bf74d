/**
 * Losses of the rows of one shard, or of the part of it that is walked at once: δ(c+1) of each row, and Σ E in double
 * precision. A row has its net inputs a(c+1), with the bias.
 */

import { isDerivedFromA } from '../../src/kernels/activations.js';
import type { Activation, Network } from '../../src/model/network.js';
import { round } from './arithmetic.js';
import { activate, derive, exp, logOnePlus, sigmoid } from './functions.js';

/** A row at the output layer. */
export interface OutputRow {
  a: Float32Array;
  /** δ(c+1), which is written. */
  delta: Float32Array;
  /** Targets, or the number of the class. */
  y: Float32Array | number;
  /** Weight in E; 1 unless the table has weights. */
  weight: number;
}

export interface Errors {
  network: Network;
  /** Whether the table has weights of rows. */
  weighs: boolean;
  /** Of the positive rows of each label; null: 1 each. */
  labelWeights: Float32Array | null;
  /** ε of smoothed classes. */
  smoothing: number;
}

/** Writes the deltas, and returns Σ E. */
export function computeLoss(rows: readonly OutputRow[], errors: Errors): number {
  const { loss } = errors.network;
  if (loss === 'cross-entropy') return crossEntropy(rows, errors);
  if (loss === 'binary-cross-entropy') return binaryCrossEntropy(rows, errors);
  return errorOfDifferences(rows, errors);
}

/** More classes than this are computed one row at a time. */
const FEW_CLASSES = 24;

/** As many rows as possible in fours, whose losses are added before they are added to the sum; the others one by one. */
function crossEntropy(rows: readonly OutputRow[], { weighs, smoothing }: Errors): number {
  const isPlain = !weighs && smoothing === 0;
  const inFours = rows[0]!.a.length <= FEW_CLASSES ? rows.length - (rows.length % 4) : 0;
  const epsilon = round(smoothing);
  let sum = 0;
  for (let i = 0; i < inFours; i += 4) {
    let four = 0;
    for (const row of rows.slice(i, i + 4)) four += isPlain ? plainRow(row) : weighedRow(row, epsilon);
    sum += four;
  }
  for (const row of rows.slice(inFours)) sum += isPlain ? lonePlainRow(row) : loneWeighedRow(row, epsilon);
  return sum;
}

/** The largest of a, and e^(a − largest). */
function powers(a: Float32Array): { most: number; e: Float32Array } {
  const most = Math.max(...a);
  return { most, e: a.map(value => exp(round(value - most))) };
}

/** In order. */
function sumInOrder(values: Float32Array): number {
  return values.reduce((sum, value) => round(sum + value), 0);
}

/** Each fourth value in order, from the first, second, third and fourth on: (s₀ + s₂) + (s₁ + s₃). */
function sumInFours(values: Float32Array): number {
  const s = new Float32Array(4);
  values.forEach((value, i) => {
    s[i % 4] = s[i % 4]! + value;
  });
  return round(round(s[0]! + s[2]!) + round(s[1]! + s[3]!));
}

/** δ = ŷ − onehot(y). Returns −ln ŷ(y). */
function plainRow({ a, delta, y }: OutputRow): number {
  const { most, e } = powers(a);
  const total = sumInOrder(e);
  const factor = round(1 / total);
  e.forEach((value, j) => {
    delta[j] = round(value * factor) - (j === y ? 1 : 0);
  });
  return round(round(most - a[y as number]!) + logOnePlus(round(total - 1)));
}

/** δ = v (ŷ − t), t = (1 − ε) onehot(y) + ε / classes. Returns v · −t ln ŷ. */
function weighedRow({ a, delta, y, weight }: OutputRow, smoothing: number): number {
  const { most, e } = powers(a);
  const total = sumInOrder(e);
  const factor = round(1 / total);
  const own = round(1 - smoothing);
  const each = round(smoothing / a.length);
  e.forEach((value, j) => {
    const t = round((j === y ? own : 0) + each);
    delta[j] = weight * round(round(value * factor) - t);
  });
  const linear = round(round(own * round(most - a[y as number]!)) + round(each * sumBelow(a, most)));
  return round(weight * round(linear + logOnePlus(round(total - 1))));
}

/** Σ (most − a). */
function sumBelow(a: Float32Array, most: number): number {
  return sumInOrder(a.map(value => most - value));
}

/** As plainRow, with the sum in fours, and the loss in double precision. */
function lonePlainRow({ a, delta, y }: OutputRow): number {
  const { most, e } = powers(a);
  const total = sumInFours(e);
  const factor = round(1 / total);
  delta.set(e.map(value => value * factor));
  const label = y as number;
  delta[label] = delta[label]! - 1;
  return most - a[label]! + logOnePlus(round(total - 1));
}

/** As weighedRow, likewise; and t is subtracted in two parts. */
function loneWeighedRow({ a, delta, y, weight }: OutputRow, smoothing: number): number {
  const { most, e } = powers(a);
  const total = sumInFours(e);
  const own = round(1 - smoothing);
  const each = round(smoothing / a.length);
  const factor = round(weight / total);
  const shift = round(weight * each);
  delta.set(e.map(value => round(value * factor) - shift));
  const label = y as number;
  delta[label] = delta[label]! - round(weight * own);
  const linear = round(own * round(most - a[label]!)) + round(each * sumBelow(a, most));
  return weight * (linear + logOnePlus(round(total - 1)));
}

/** δ = v (c σ(a) − p y), c = p y + 1 − y. E is summed in the order of the elements. */
function binaryCrossEntropy(rows: readonly OutputRow[], errors: Errors): number {
  const { labelWeights, weighs } = errors;
  const isPlain = !weighs && !labelWeights;
  let sum = 0;
  for (const { a, delta, y, weight } of rows) {
    a.forEach((value, j) => {
      const target = (y as Float32Array)[j]!;
      const [term, difference] = labelWeights
        ? weighedElement(value, target, labelWeights[j]!)
        : plainElement(value, target);
      delta[j] = isPlain ? difference : weight * difference;
      sum += isPlain ? term : round(weight * term);
    });
  }
  return sum;
}

/** max(a, 0) − a y + ln(1 + e^−|a|), and σ(a) − y. */
function plainElement(a: number, y: number): [term: number, difference: number] {
  const linear = round((a < 0 ? 0 : a) - round(a * y));
  return [round(linear + softened(a)), round(sigmoid(a) - y)];
}

/** |a| (a > 0 ? 1 − y : p y) + c ln(1 + e^−|a|), and c σ(a) − p y. */
function weighedElement(a: number, y: number, p: number): [term: number, difference: number] {
  const positive = round(p * y);
  const negative = round(1 - y);
  const both = round(positive + negative);
  const linear = round(Math.abs(a) * (a > 0 ? negative : positive));
  const difference = round(round(both * sigmoid(a)) - positive);
  return [round(linear + round(both * softened(a))), difference];
}

/** ln(1 + e^−|a|). */
function softened(a: number): number {
  return logOnePlus(exp(-Math.abs(a)));
}

/** δ = v h′(r) ⊙ g′, r = z − y. */
function errorOfDifferences(rows: readonly OutputRow[], { network, weighs }: Errors): number {
  const { loss, huberDelta = Infinity, quantile = 0.5 } = network;
  const activation = network.output as Activation;
  const z = rows.map(({ a }) => a.map(value => activate(activation, value)));
  const differences = rows.map(({ y }, i) => z[i]!.map((value, j) => value - (y as Float32Array)[j]!));
  const slopes = rows.map(({ a }, i) => {
    return (isDerivedFromA(activation) ? a : z[i]!).map(from => derive(activation, from));
  });
  if (loss === 'sse' && !weighs) {
    for (const [i, { delta }] of rows.entries()) delta.set(differences[i]!.map((r, j) => r * slopes[i]![j]!));
    return 0.5 * sumSquaresInFours(differences.flatMap(row => [...row]));
  }
  const limit = round(huberDelta);
  const share = round(quantile);
  const termsOf = (r: number) => {
    if (loss === 'quantile') return quantileError(r, share);
    return loss === 'absolute' ? absoluteError(r) : huberError(r, limit);
  };
  let sum = 0;
  rows.forEach(({ delta, weight }, i) => {
    differences[i]!.forEach((r, j) => {
      const [error, slope] = termsOf(r);
      sum += round(weight * error);
      delta[j] = round(weight * slope) * slopes[i]![j]!;
    });
  });
  return sum;
}

/** |r|, and its slope: the sign of r. */
function absoluteError(r: number): [error: number, slope: number] {
  return [Math.abs(r), Math.sign(r)];
}

/** (1 − share) r above 0, share |r| below; and its slope. */
function quantileError(r: number, share: number): [error: number, slope: number] {
  const factor = r > 0 ? round(1 - share) : share;
  return [round(factor * Math.abs(r)), round(factor * Math.sign(r))];
}

/** ½ r² within ±limit, limit (|r| − ½ limit) beyond; and its slope: r, kept within ±limit. */
function huberError(r: number, limit: number): [error: number, slope: number] {
  const size = Math.abs(r);
  const within = round(0.5 * round(r * r));
  const beyond = round(limit * round(size - round(0.5 * limit)));
  return [size <= limit ? within : beyond, Math.max(Math.min(r, limit), -limit)];
}

/** In double precision, four elements at a time: (r₀² + r₂²) + (r₁² + r₃²). */
function sumSquaresInFours(r: readonly number[]): number {
  const square = (i: number) => (r[i] ?? 0) * (r[i] ?? 0);
  let sum = 0;
  for (let i = 0; i < r.length; i += 4) sum += square(i) + square(i + 2) + (square(i + 1) + square(i + 3));
  return sum;
}
