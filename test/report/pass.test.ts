/** The step as people read it: each line stands for operations that the workers run. */
import { expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { renderStep } from '../../src/report/pass.js';

const network: Network = {
  layers: [784, 128, 10],
  hidden: ['tanh'],
  output: 'softmax',
  loss: 'cross-entropy',
};
const optimizer = makeOptimizer('adam');

it('shows a step by shard, the operations of each pass in their order', () => {
  const text = renderStep(network, { batchRows: 1024, optimizer, backend: 'wasm' });
  expect(text.split('\n')).toEqual([
    'A step of 1,024 rows in 64 shards, by shard, by adam:',
    'gradient pass, for each micro-batch of the worker’s shards',
    '  clear       E and right rows of the shard ← 0, at its first rows',
    '  gather      x, y ← rows of the data: 784 features',
    '  layer 1     a ← z(0) W(1), z(1) ← tanh(a + b): 784 → 128',
    '  layer 2     a ← z(1) W(2): 128 → 10',
    '  loss        E, right rows, δ(2): cross-entropy, softmax',
    '  gradient 2  ∂E/∂W(2) ← z(1)ᵀ δ(2), ∂E/∂b ← Σ δ(2): (128 + 1) × 10',
    '  delta 1     δ(1) ← δ(2) W(2)ᵀ ⊙ g′: 128',
    '  gradient 1  ∂E/∂W(1) ← z(0)ᵀ δ(1), ∂E/∂b ← Σ δ(1): (784 + 1) × 128',
    '  fold        gradients of two halves of a block of shards ← their sum, for each block that is complete',
    'all workers meet; if E is not finite, training ends',
    'update pass, for the batch',
    '  join        sums that the workers are left with ← added by the tree, all but the last two, in 28 parts',
    '  sum         gw ← scale Σ gradients + penalties, in 28 parts',
    '  apply       W ← by adam, in 28 parts',
    'all workers meet',
  ]);
});

it('shows every barrier of a step by block', () => {
  const lines = renderStep(network, { batchRows: 32, optimizer, backend: 'wasm' }).split('\n');
  expect(lines[0]).toBe('A step of 32 rows in 2 shards, by block, by adam:');
  const names = lines.flatMap(line => (line.startsWith('  ') ? [line.slice(2, 12).trim()] : []));
  expect(names).toEqual([
    ...['gather', 'barrier', 'layer 1', 'barrier', 'clear', 'layer 2', 'loss'],
    ...['delta 1', 'gradient 2', 'sum', 'apply', 'barrier'],
    ...['gradient 1', 'sum', 'apply'],
  ]);
  expect(lines.find(line => line.startsWith('  layer 1'))).toMatch(/784 → 128, in 8 parts$/);
});

it('names both inputs of the layer above waves', () => {
  const waves: Network = {
    ...network,
    layers: [4, 6, 4, 5, 10],
    hidden: ['cosine', 'identity', 'tanh'],
    waves: [1, 3],
  };
  const text = renderStep(waves, { batchRows: 32, optimizer, backend: 'wasm' });
  expect(text).toContain('layer 2     a ← z(1) W(2), z(2) ← identity(a + b): 3 → 4\n');
  expect(text).toContain('layer 3     a ← [x, z(2)] W(3), z(3) ← tanh(a + b): 8 → 5, in 2 parts\n');
  expect(text).toContain('gradient 3  ∂E/∂W(3) ← [x, z(2)]ᵀ δ(3), ∂E/∂b ← Σ δ(3): (8 + 1) × 5, in 2 parts\n');
});
