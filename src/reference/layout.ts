/**
 * Layout of weights and examples, shared by all files here.
 *
 * Weights: one flat array W(1), W(2), …, each stored row by row with the bias in row 0, without gaps.
 * Examples: x flat (rows, m(0)); y depends on the loss. cross-entropy: class numbers 0 … m(c+1)−1, one per
 * row; all others: flat (rows, m(c+1)). Arrays may be plain or typed; they are neither kept nor changed.
 */
import { usageError } from '../errors.js';
import { countParameters, groupSize, type Layer, layersOf, type Network } from '../model/network.js';

export type Numbers = ArrayLike<number>;

/** Options that define E. */
export interface LossOptions {
  /** `mean` divides the sum over the rows by their total weight; `sum` is the textbook's definition. */
  reduction: 'mean' | 'sum';
  /** λ of ½ λ Σ w² over the weights without biases; never divided. */
  l2: number;
  /** Factor of unit j (from 0) of z(l) in row n, for hidden layers l: the dropout mask; 1 by default. */
  factor?: Factor;
  /** Weight of each row's error; 1 by default. */
  rowWeights?: Numbers;
  /** For binary cross-entropy, the weight of the y term of each output's error; 1 by default. */
  labelWeights?: Numbers;
  /**
   * Label smoothing ε: targets become (1 − ε) y + ε / classes, binary ones (1 − ε) y + ε / 2; 0 by default.
   */
  smoothing?: number;
}

/** Row n, layer l from 1, unit j. */
export type Factor = (n: number, l: number, j: number) => number;

/** E, including its L2 term, and ∂E/∂w in the layout of the weights. */
export interface Gradient<Values extends Numbers = Float64Array> {
  loss: number;
  gradE: Values;
}

/** Position of W(l) in the flat weights: row i = 0 is the bias, and w(i, j) is at begin + i · outputs + j if there are no groups. */
export interface Place extends Layer {
  readonly begin: number;
  readonly end: number;
}

/** Positions of W(1), …, W(c+1). */
export function placesOf(network: Network): Place[] {
  let begin = 0;
  return layersOf(network).map(layer => {
    const place = { ...layer, begin, end: begin + (layer.inputs + 1) * layer.outputs };
    begin = place.end;
    return place;
  });
}

/** The inputs of output j: their indexes in z(l−1), those of x before them in a layer beside x, and the indexes of their weights. */
export function termsOf(
  { begin, inputs, outputs, groups }: Place,
  j: number,
): { input: number; weight: number }[] {
  const { columns, weights } = groupSize({ inputs, outputs, groups: groups ?? [0] });
  const group = Math.floor(j / columns);
  const first = begin + outputs + group * weights + (j % columns);
  const from = groups?.[group] ?? 0;
  return Array.from({ length: inputs }, (_, i) => ({ input: from + i, weight: first + i * columns }));
}

/** What a layer's inputs are taken from: z(l−1), or x and z(l−1). */
export function inputsOf<T>({ beside }: Place, x: ArrayLike<T>, below: ArrayLike<T>): T[] {
  return beside === undefined ? Array.from(below) : [...Array.from(x), ...Array.from(below)];
}

/** Whether the weight at this index is a bias, that is in row 0. */
export function isBias(place: Place, index: number): boolean {
  return index - place.begin < place.outputs;
}

/** Number of rows of x. @throws usage if weights or x don't fit the network */
export function countRows(network: Network, weights: Numbers, x: Numbers): number {
  const parameters = countParameters(network);
  if (weights.length !== parameters) {
    throw usageError(`weights: expected ${parameters} numbers for this network, got ${weights.length}.`);
  }
  const rows = x.length / network.layers[0]!;
  if (!Number.isInteger(rows)) {
    throw usageError(`x: expected rows of ${network.layers[0]} numbers, got ${x.length} numbers in all.`);
  }
  return rows;
}

/**
 * Target of every row as a vector of m(c+1) numbers; class numbers become one-hot, smoothed by ε.
 * @throws usage if y doesn't fit
 */
export function targetsOf(network: Network, y: Numbers, rows: number, smoothing = 0): Float64Array[] {
  if (smoothing === 0) return plainTargets(network, y, rows);
  const classes = network.loss === 'cross-entropy' ? network.layers.at(-1)! : 2;
  return plainTargets(network, y, rows).map(row => row.map(t => (1 - smoothing) * t + smoothing / classes));
}

function plainTargets(network: Network, y: Numbers, rows: number): Float64Array[] {
  const outputs = network.layers.at(-1)!;
  const width = network.loss === 'cross-entropy' ? 1 : outputs;
  if (y.length !== rows * width) {
    throw usageError(`y: expected ${rows * width} numbers for ${rows} rows, got ${y.length}.`);
  }
  return Array.from({ length: rows }, (_, row) => {
    if (network.loss !== 'cross-entropy') {
      return Float64Array.from({ length: outputs }, (_, k) => y[row * outputs + k]!);
    }
    const target = new Float64Array(outputs);
    const label = y[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= outputs) {
      throw usageError(`y, row ${row}: expected a class number from 0 to ${outputs - 1}, got ${label}.`);
    }
    target[label] = 1;
    return target;
  });
}

/**
 * Total weight of the rows, by which the mean divides. @throws usage if there aren't as many weights as rows
 */
export function weigh(weights: Numbers | undefined, rows: number): number {
  if (!weights) return rows;
  if (weights.length !== rows) {
    throw usageError(`weights of rows: expected ${rows}, got ${weights.length}.`);
  }
  return Array.from(weights).reduce((sum, weight) => sum + weight, 0);
}
