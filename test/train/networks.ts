/** Networks that between them take every path of a step: each loss, no hidden layer and several, both walks. */
import type { Network } from '../../src/model/network.js';

export const NETWORKS: Network[] = [
  { layers: [7, 3], hidden: [], output: 'softmax', loss: 'cross-entropy' },
  { layers: [7, 33, 5, 1], hidden: ['tanh', 'relu'], output: 'sigmoid', loss: 'binary-cross-entropy' },
  { layers: [4, 17, 5, 2], hidden: ['sigmoid', 'gelu'], output: 'silu', loss: 'sse' },
  // Large enough to be walked by block.
  { layers: [20, 900, 300, 2], hidden: ['tanh', 'gelu'], output: 'softmax', loss: 'cross-entropy' },
];
