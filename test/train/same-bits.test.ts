/** The promise: the bits of the weights depend on the shards, not on the number of workers or who updates. */
import { describe, expect, it } from 'vitest';
import { randomDataset } from '../datasets.js';
import { NETWORKS } from './networks.js';
import { bitsOf, runTraining } from './run.js';

describe.each(NETWORKS.map(network => [network.layers.join('-'), network] as const))('%s', (_, network) => {
  const data = randomDataset(network, 203);
  const validation = randomDataset(network, 31, 5);

  // 203 rows: batches of 1, of 7 on 8 shards, uneven shards, a short last batch, full batches.
  it.each([1, 7, 64, 'full'] as const)('gives the same bits with batch size %s', async batchSize => {
    const options = { shards: 8, batchSize, epochs: 2, l2: 1e-3, learningRate: 0.05 };
    const { result: one, epochs } = await runTraining(network, data, { ...options, workers: 1 });
    const variants = [
      { workers: 2 },
      { workers: 3, update: 'coordinator' as const },
      { workers: 8 },
      { workers: 1, update: 'coordinator' as const },
    ];
    for (const variant of variants) {
      const other = await runTraining(network, data, { ...options, ...variant }, validation);
      expect(bitsOf(other.result.weights), JSON.stringify(variant)).toBe(bitsOf(one.weights));
      expect(other.epochs.map(epoch => epoch.stepLosses)).toEqual(epochs.map(epoch => epoch.stepLosses));
      expect(other.result.training).toEqual(one.training);
    }
  });
});
