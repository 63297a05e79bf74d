/** One pass over the rows of a batch: forward, loss, deltas, and the gradient. Each row is computed by itself. */
import { isDerivedFromA } from '../../src/kernels/activations.js';
import type { Activation, Network } from '../../src/model/network.js';
import { type Arithmetic, addNumbers, addVectors, sumProducts } from './arithmetic.js';
import { columnsOf, layerSizes, partOf, weightAt } from './cuts.js';
import { type Distortion, distort } from './distort.js';
import { addNoise, drop, keyOf } from './draws.js';
import { activate, derive } from './functions.js';
import { computeLoss, type OutputRow } from './losses.js';
import type { Table } from './table.js';

/** W(l) of each layer: its biases, then a row of weights for each input. */
export type Weights = Float32Array[];

/** Distortion of images, noise on the inputs, and dropout of z(0), z(1), …, z(c). */
export interface Perturbation {
  distortion: Distortion | null;
  inputNoise: number;
  dropout: readonly number[];
  seed: number;
  /** From 1. */
  step: number;
}

/** How the rows are summed. */
export interface Cut {
  shards: number;
  microBatch: number;
  byBlock: boolean;
}

export interface Row extends OutputRow {
  /** z(0) = x, z(1), …, z(c), as the next layer sees them. */
  z: Float32Array[];
  /** What g′(l) is computed from, of each hidden layer: a(l) or z(l) before dropout. */
  from: Float32Array[];
  /** δ(1), …, δ(c+1). */
  deltas: Float32Array[];
}

export interface Pass {
  /** Rows of each shard, in the parts that are walked at once. */
  shards: Row[][][];
  /** Σ E. */
  loss: number;
}

/** Forward, and the loss of each shard with its output deltas. */
export function passForward(
  arithmetic: Arithmetic,
  network: Network,
  weights: Weights,
  table: Table,
  numbers: ArrayLike<number>,
  { shards: most, microBatch }: Cut,
  perturbation: Perturbation | null = null,
): Pass {
  const count = numbers.length;
  const rows = Array.from({ length: count }, (_, i) => {
    return forward(arithmetic, network, weights, table, { number: numbers[i]!, place: i }, perturbation);
  });
  const errors = { network, weighs: table.weights !== null, ...table };
  const shards = Math.min(most, count);
  const cut = Array.from({ length: shards }, (_, i) => {
    const { begin, end } = partOf(count, shards, i);
    const parts = Math.ceil((end - begin) / microBatch);
    return Array.from({ length: parts }, (_, k) => {
      return rows.slice(begin + k * microBatch, Math.min(begin + (k + 1) * microBatch, end));
    });
  });
  const losses = cut.map(parts => parts.reduce((sum, part) => sum + computeLoss(part, errors), 0));
  return { shards: cut, loss: arithmetic.sum(losses, addNumbers) };
}

/** a(l) = z(l−1) W̃(l) + b(l), z(l) = g(a(l)), of one row. */
function forward(
  arithmetic: Arithmetic,
  network: Network,
  weights: Weights,
  table: Table,
  { number, place }: { number: number; place: number },
  perturbation: Perturbation | null,
): Row {
  const z = [perturbInputs(table.x[number]!, place, perturbation)];
  const from: Float32Array[] = [];
  const sizes = layerSizes(network);
  const netInputs = weights.map((w, l) => {
    const size = sizes[l]!;
    const { inputs, outputs, groups, ofX } = size;
    const step = columnsOf(size);
    const a = new Float32Array(outputs);
    for (let j = 0; j < outputs; j++) {
      const first = { of: w, at: weightAt(size, 0, j), step };
      const before = ofX === 0 ? null : sumProducts(arithmetic, { of: z[0]!, at: 0, step: 1 }, first, ofX);
      const below = { of: z[l]!, at: groups[Math.floor(j / step)]!, step: 1 };
      const column = { of: w, at: weightAt(size, ofX, j), step };
      a[j] = sumProducts(arithmetic, below, column, inputs - ofX, before) + w[j]!;
    }
    const g = network.hidden[l];
    if (g === undefined) return a;
    const whole = a.map(value => activate(g, value));
    from.push(isDerivedFromA(g) ? a : whole);
    z.push(dropUnits(whole, l + 1, place, perturbation));
    return a;
  });
  const deltas = netInputs.map(a => new Float32Array(a.length));
  return {
    ...{ z, from, deltas, a: netInputs.at(-1)!, delta: deltas.at(-1)! },
    y: table.y[number]!,
    weight: table.weights ? table.weights[number]! : 1,
  };
}

function perturbInputs(x: Float32Array, place: number, perturbation: Perturbation | null): Float32Array {
  if (!perturbation) return x;
  const { distortion, inputNoise, seed, step } = perturbation;
  const image = distortion ? distort(x, keyOf(seed, 'distortion', step, 0), place, distortion) : x;
  const key = keyOf(seed, 'noise', step, 0);
  const noisy =
    inputNoise === 0 ? image : image.map((value, j) => addNoise(value, key, place, j, inputNoise));
  return dropUnits(noisy, 0, place, perturbation);
}

/** z(l) or δ(l): the same units are dropped of both. */
function dropUnits(
  z: Float32Array,
  layer: number,
  place: number,
  perturbation: Perturbation | null,
): Float32Array {
  const rate = perturbation?.dropout[layer] ?? 0;
  if (rate === 0) return z;
  const key = keyOf(perturbation!.seed, 'dropout', perturbation!.step, layer);
  return z.map((value, j) => drop(value, key, place, j, rate));
}

/** δ(l) = (δ(l+1) W̃(l+1)ᵀ) ⊙ g′(l), from the last layer to the first, of all rows. */
export function passBackward(
  arithmetic: Arithmetic,
  network: Network,
  weights: Weights,
  pass: Pass,
  perturbation: Perturbation | null = null,
): void {
  const { hidden } = network;
  const sizes = layerSizes(network);
  for (const [place, { from, deltas }] of pass.shards.flat(2).entries()) {
    for (let l = hidden.length - 1; l >= 0; l--) {
      const above = deltas[l + 1]!;
      const delta = deltas[l]!.map((_, i) => {
        const size = sizes[l + 1]!;
        const columns = columnsOf(size);
        const group = size.groups.length === 1 ? 0 : Math.floor(i / size.inputs);
        const input = size.ofX + i - group * size.inputs;
        const row = { of: weights[l + 1]!, at: weightAt(size, input, group * columns), step: 1 };
        const sum = sumProducts(arithmetic, { of: above, at: group * columns, step: 1 }, row, columns);
        return sum * derive(hidden[l] as Activation, from[l]![i]!);
      });
      deltas[l]!.set(dropUnits(delta, l + 1, place, perturbation));
    }
  }
}

/**
 * Σ over the rows of ∂E/∂W(l): z(l−1) δ(l) for the weights, δ(l) for the biases. By block, one sum over all rows; else one for
 * each shard, and the shards by the tree.
 */
export function sumGradient(
  arithmetic: Arithmetic,
  network: Network,
  { shards }: Pass,
  { byBlock }: Cut,
): Weights {
  const leaves = byBlock ? [[shards.flat(2)]] : shards;
  return layerSizes(network).map((_, l) => {
    const sums = leaves.map(parts => sumRows(arithmetic, network, parts, l));
    return arithmetic.sum(sums, addVectors);
  });
}

/** The rows of one sum; a product begins a new block with each part. */
function sumRows(arithmetic: Arithmetic, network: Network, parts: readonly Row[][], l: number): Float32Array {
  const size = layerSizes(network)[l]!;
  const { inputs, outputs, groups, ofX } = size;
  const [features, below] = [network.layers[0]!, network.layers[l]!];
  const gradient = new Float32Array((inputs + 1) * outputs);
  for (const [p, part] of parts.entries()) {
    const x = matrixOf(part.map(row => row.z[0]!));
    const input = matrixOf(part.map(row => row.z[l]!));
    const delta = matrixOf(part.map(row => row.deltas[l]!));
    for (let j = 0; j < outputs; j++) {
      for (const row of part) gradient[j] = gradient[j]! + row.deltas[l]![j]!;
      for (let i = 0; i < inputs; i++) {
        const at = weightAt(size, i, j);
        const first = groups[Math.floor(j / columnsOf(size))]!;
        const z =
          i < ofX ? { of: x, at: i, step: features } : { of: input, at: first + i - ofX, step: below };
        const y = { of: delta, at: j, step: outputs };
        gradient[at] = sumProducts(arithmetic, z, y, part.length, p === 0 ? null : gradient[at]!);
      }
    }
  }
  return gradient;
}

/** Row after row. */
function matrixOf(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap(row => [...row]));
}
