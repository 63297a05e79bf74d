/**
 * The trainings of the self-check: small ones, which together take every path of a step. Weights to start from are given,
 * from integers; so are all rows.
 */

import type { Dataset } from '../../data/dataset.js';
import { powerOfTwo } from '../../elementary.js';
import {
  countParameters,
  describeNetwork,
  layersOf,
  type Network,
  usualOutput,
} from '../../model/network.js';
import { makeOptimizer, PLAIN_DESCENT } from '../../model/optimizer.js';
import { makeSchedule } from '../../model/schedule.js';
import { usualLoss } from '../../train/defaults.js';
import type { TrainOptions } from '../../train/options.js';
import { Numbers } from './numbers.js';
import { type TableName, tableOf } from './training-data.js';

/** What of a training is not as in COMMON; the network's output and loss are usual for the table unless given. */
interface Given extends Partial<TrainOptions> {
  table?: TableName;
  validation?: TableName;
  sizes?: readonly number[];
  activations?: Network['hidden'];
  loss?: Network['loss'];
  huberDelta?: number;
  quantile?: number;
  waves?: readonly number[];
}

/** A training without its workers and its kind of update, which change no bit. */
export interface SmallTraining {
  network: Network;
  data: Dataset;
  validation: Dataset | null;
  options: Partial<TrainOptions>;
}

/** As many as the most workers that a self-check takes. */
export const SHARDS = 8;

const COMMON: Partial<TrainOptions> = {
  ...{ shards: SHARDS, batchSize: 23, epochs: 2, learningRate: 0.0625, seed: 3, optimizer: PLAIN_DESCENT },
};
const SIZES = [7, 5];
/** So many parameters and so few rows are walked by block (src/model/walk.ts). */
const BY_BLOCK = { sizes: [213, 229], batchSize: 25, epochs: 1 } as const;
const FULL = { batchSize: 'full', epochs: 4 } as const;

const CASES: Readonly<Record<string, Given>> = {
  'no hidden layer': { sizes: [], activations: [] },
  'sgd, momentum': {
    activations: ['sigmoid', 'relu'],
    optimizer: makeOptimizer('sgd', { momentum: 0.875, weightDecay: 0.125 }),
  },
  'sgd, nesterov': {
    table: 'numbers',
    activations: ['leaky-relu', 'elu'],
    optimizer: makeOptimizer('sgd', { momentum: 0.875, nesterov: true }),
  },
  adam: { activations: ['selu', 'gelu'], optimizer: makeOptimizer('adam') },
  'adam, constants': {
    table: 'labels',
    activations: ['silu', 'softplus'],
    optimizer: makeOptimizer('adam', { beta1: 0.75, beta2: 0.9375, epsilon: 2 ** -10 }),
  },
  adamw: { activations: ['mish', 'hard-sigmoid'], optimizer: makeOptimizer('adamw', { weightDecay: 0.25 }) },
  rmsprop: {
    table: 'answers',
    activations: ['hard-tanh', 'identity'],
    optimizer: makeOptimizer('rmsprop', { momentum: 0.5 }),
  },
  adagrad: { table: 'numbers', loss: 'absolute', optimizer: makeOptimizer('adagrad') },
  lars: { learningRate: 1, optimizer: makeOptimizer('lars', { weightDecay: 0.125 }) },
  lamb: { optimizer: makeOptimizer('lamb', { weightDecay: 0.125 }) },
  rprop: { ...FULL, optimizer: makeOptimizer('rprop', { l1: 2 ** -7 }), l2: 2 ** -4 },
  lbfgs: { ...FULL, learningRate: 1, optimizer: makeOptimizer('lbfgs', { history: 2 }), l2: 2 ** -6 },
  'lbfgs, by block': { ...BY_BLOCK, ...FULL, learningRate: 1, optimizer: makeOptimizer('lbfgs') },
  'by block': { ...BY_BLOCK, activations: ['relu', 'tanh'] },
  'by block, adam': {
    ...BY_BLOCK,
    table: 'numbers',
    activations: ['gelu', 'silu'],
    learningRate: 2 ** -10,
    optimizer: makeOptimizer('adam', { clipNorm: 0.25 }),
  },
  'by block, dropout and noise': { ...BY_BLOCK, dropout: [0.25, 0.5], inputDropout: 0.25, inputNoise: 0.125 },
  'several micro-batches': { table: 'many classes', sizes: [213, 229], batchSize: 'full', shards: 2 },
  'a product longer than 256': { sizes: [301, 3] },
  penalties: {
    optimizer: makeOptimizer('sgd', { l1: 2 ** -7, clipValue: 2 ** -4, clipNorm: 0.25 }),
    l2: 2 ** -5,
  },
  'sum of errors': { table: 'answers', reduction: 'sum', learningRate: 2 ** -6 },
  'huber error, weighted': { table: 'weighted numbers', loss: 'huber', huberDelta: 0.5 },
  'quantile error, weighted': { table: 'weighted numbers', loss: 'quantile', quantile: 0.75 },
  'class weights, smoothing': {
    table: 'weighted classes',
    classWeights: [0.5, 2, 1.25, 0],
    labelSmoothing: 0.125,
  },
  'label weights': { table: 'labels', classWeights: [0.5, 2, 3], dropout: [0.5, 0] },
  reconstruction: { table: 'reconstruction', inputNoise: 0.25, activations: ['tanh', 'softplus'] },
  bytes: { table: 'bytes', inputDropout: 0.25, optimizer: makeOptimizer('adam') },
  'distorted images': {
    ...{
      table: 'images',
      imageShift: 1.5,
      imageRotate: 30,
      imageZoom: 0.25,
      imageWarp: 2,
      inputDropout: 0.25,
    },
  },
  categories: { table: 'categories', shuffle: false },
  'scaled inputs, rates of layers': {
    optimizer: makeOptimizer('adam', { biasRate: 0.125, fanInRate: true, inputScale: 4 }),
    ...{ dropLast: true, epochs: 3, schedule: makeSchedule('coslog4', {}) },
  },
  'scaled inputs, by block': {
    ...BY_BLOCK,
    optimizer: makeOptimizer('sgd', { momentum: 0.5, inputScale: 2 }),
  },
  waves: { table: 'numbers', waves: [0, 2], sizes: [10, 6, 7], activations: ['cosine', 'identity', 'mish'] },
  'waves, scaled inputs': {
    ...{ waves: [1], sizes: [3, 2, 9, 5], activations: ['cosine', 'identity', 'selu', 'tanh'] },
    optimizer: makeOptimizer('adam', { biasRate: 0.125, fanInRate: true, inputScale: 4 }),
  },
  'scaled categories': { table: 'scaled categories', optimizer: makeOptimizer('adam') },
  'rate by step': { epochs: 3, schedule: makeSchedule('step', { every: 1, gamma: 0.5, warmup: 4 }) },
  'rate polynomial': { epochs: 3, schedule: makeSchedule('polynomial', { power: 1, end: 0.125 }) },
  'rate on plateau': {
    ...{ epochs: 6, learningRate: 2, validation: 'classes', table: 'weighted classes' },
    schedule: makeSchedule('plateau', { patience: 0, gamma: 0.25 }),
  },
  'batch schedule': { epochs: 3, batchSchedule: [{ epoch: 1, batchSize: 5 }] },
  'noise scale': { noiseScale: true, optimizer: makeOptimizer('rmsprop') },
  'noise scale, by block': { ...BY_BLOCK, noiseScale: true },
};

export const TRAININGS: readonly string[] = Object.keys(CASES);

/** Made when they are first needed, and kept: some have 50,000 weights. */
const made = new Map<string, SmallTraining>();

/** @param name one of TRAININGS */
export function trainingOf(name: string): SmallTraining {
  const training = made.get(name) ?? makeTraining(name);
  made.set(name, training);
  return training;
}

function makeTraining(name: string): SmallTraining {
  const given = CASES[name]!;
  const {
    table = 'classes',
    validation,
    sizes = SIZES,
    activations,
    loss,
    huberDelta,
    quantile,
    waves,
    ...options
  } = given;
  const data = tableOf(table);
  const chosen = loss ?? usualLoss(data.task);
  const network = describeNetwork({
    layers: [data.features, ...sizes, data.outputs],
    hidden: activations ?? sizes.map(() => 'tanh' as const),
    output: usualOutput(chosen),
    loss: chosen,
    ...(huberDelta !== undefined && { huberDelta }),
    ...(quantile !== undefined && { quantile }),
    ...(waves && { waves }),
  });
  const init = weightsOf(network);
  return {
    ...{ network, data, validation: validation === undefined ? null : tableOf(validation) },
    options: { ...COMMON, init, ...options },
  };
}

/** Within about ±1/√inputs, a power of two. */
function weightsOf(network: Network): Float32Array {
  const numbers = new Numbers(14);
  const weights = new Float32Array(countParameters(network));
  let at = 0;
  for (const { inputs, outputs } of layersOf(network)) {
    const size = powerOfTwo(-Math.floor((31 - Math.clz32(inputs)) / 2));
    for (const end = at + (inputs + 1) * outputs; at < end; at++) weights[at] = numbers.next() * size;
  }
  return weights;
}
