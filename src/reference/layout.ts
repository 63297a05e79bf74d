/**
 * Where the weights lie, and what the examples look like: shared by everything in this room.
 *
 * Weights: one flat array W(1), W(2), … row after row, the bias in row 0, without gaps.
 * Examples: x flat (rows, m(0)); y by the loss. All but cross-entropy: flat (rows, m(c+1)).
 * cross-entropy: class numbers 0 … m(c+1)−1, one a row. Plain or typed arrays; nothing is kept or changed.
 */
import { usageError } from '../errors.js';
import { countParameters, type Layer, layersOf, type Network } from '../model/network.js';

export type Numbers = ArrayLike<number>;

/** How E is made of the rows' errors. */
export interface LossOptions {
  /** `mean` divides the sum over the rows by what they weigh together; `sum` is the textbook's. */
  reduction: 'mean' | 'sum';
  /** λ of ½ λ Σ w² over the weights, biases excepted; never divided. */
  l2: number;
  /** What unit j, from 0, of z(l) is multiplied by in row n, for hidden layers l: dropout's mask; 1 unless given. */
  factor?: Factor;
  /** What the error of each row is multiplied by; 1 unless given. */
  rowWeights?: Numbers;
  /** Of binary cross-entropy: what the part of the error that is y's is multiplied by, of each output; 1 unless given. */
  labelWeights?: Numbers;
  /** ε of targets (1 − ε) y + ε / classes, of a binary one (1 − ε) y + ε / 2; 0 unless given. */
  smoothing?: number;
}

/** Of row n, layer l from 1, and unit j. */
export type Factor = (n: number, l: number, j: number) => number;

/** E, its L2 term included, and ∂E/∂w in the layout of the weights. */
export interface Gradient<Values extends Numbers = Float64Array> {
  loss: number;
  gradE: Values;
}

/** W(l) within the flat weights: w(i, j) lies at begin + i · outputs + j, row i = 0 the bias. */
export interface Place extends Layer {
  readonly begin: number;
  readonly end: number;
}

/** The places of W(1), …, W(c+1). */
export function placesOf(network: Network): Place[] {
  let begin = 0;
  return layersOf(network).map(layer => {
    const place = { ...layer, begin, end: begin + (layer.inputs + 1) * layer.outputs };
    begin = place.end;
    return place;
  });
}

/** Whether the weight at a place's index is a bias: it stands in row 0. */
export function isBias(place: Place, index: number): boolean {
  return index - place.begin < place.outputs;
}

/** The number of rows of x. @throws usage where weights or x don't fit the network */
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
 * The target of every row as a vector of m(c+1) numbers, a class number one-hot, smoothed by ε.
 * @throws usage where y doesn't fit
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

/** What the rows weigh together: what the mean divides by. @throws usage where there are not as many weights as rows */
export function weigh(weights: Numbers | undefined, rows: number): number {
  if (!weights) return rows;
  if (weights.length !== rows) {
    throw usageError(`weights of rows: expected ${rows}, got ${weights.length}.`);
  }
  return Array.from(weights).reduce((sum, weight) => sum + weight, 0);
}
