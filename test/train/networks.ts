/** Networks of several tests. */
import type { Network } from '../../src/model/network.js';

export const THREE: Network = {
  layers: [5, 8, 3],
  hidden: ['relu'],
  output: 'softmax',
  loss: 'cross-entropy',
};
export const LINE: Network = { layers: [3, 2], hidden: [], output: 'identity', loss: 'sse' };

/** Networks that together take every path of a step: each task, no hidden layer and several, both walks. */
export const NETWORKS: Network[] = [
  { layers: [7, 3], hidden: [], output: 'softmax', loss: 'cross-entropy' },
  { layers: [7, 33, 5, 1], hidden: ['tanh', 'relu'], output: 'sigmoid', loss: 'binary-cross-entropy' },
  { layers: [4, 17, 5, 2], hidden: ['sigmoid', 'gelu'], output: 'silu', loss: 'sse' },
  // Large enough to be walked by block.
  { layers: [20, 900, 300, 2], hidden: ['tanh', 'gelu'], output: 'softmax', loss: 'cross-entropy' },
];

/** The other losses of a regression, which use another kernel at the end of the same path. */
export const ROBUST: Network[] = [
  { layers: [4, 9, 2], hidden: ['tanh'], output: 'identity', loss: 'huber', huberDelta: 0.5 },
  { layers: [4, 9, 2], hidden: ['tanh'], output: 'gelu', loss: 'absolute' },
];

/** A network for each walk of a step. */
export const WALKS: [string, Network][] = [
  [
    'by shard',
    { layers: [7, 33, 5, 1], hidden: ['tanh', 'gelu'], output: 'sigmoid', loss: 'binary-cross-entropy' },
  ],
  [
    'by block',
    { layers: [20, 900, 300, 2], hidden: ['gelu', 'tanh'], output: 'softmax', loss: 'cross-entropy' },
  ],
];
