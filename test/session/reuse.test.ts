/** Memory that one job leaves to the next: no number of the first may reach the second. */
import { expect, it, vi } from 'vitest';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { idlePools } from '../../src/threads/idle-pools.js';
import { train } from '../../src/train/train.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { NETWORKS } from '../train/networks.js';
import { bitsOf, runTraining } from '../train/run.js';

const network = NETWORKS[0]!;
const data = randomDataset(network, 53);
const options = { optimizer: makeOptimizer('adam'), batchSize: 8, shards: 4, learningRate: 0.01 };

it.each(['sharded', 'coordinator'] as const)(
  'gives the same bits in the memory of another job, %s',
  async update => {
    const first = await runTraining(network, data, { ...options, update });
    // A larger job that is left while its steps run.
    const larger = randomDataset(network, 400);
    for await (const report of train(network, larger, null, trainOptions({ update, epochs: 1_000_000 }))) {
      if (report.type === 'epoch') break;
    }
    const take = vi.spyOn(idlePools, 'takeMemory');
    const second = await runTraining(network, data, { ...options, update });
    expect(take.mock.results[0]!.value).toBeInstanceOf(WebAssembly.Memory);
    take.mockRestore();
    expect(bitsOf(second.result.weights)).toBe(bitsOf(first.result.weights));
    expect(second.epochs.map(({ stepLosses }) => stepLosses)).toEqual(
      first.epochs.map(({ stepLosses }) => stepLosses),
    );
  },
);
