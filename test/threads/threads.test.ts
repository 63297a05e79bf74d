/** Measurements are watched just as steps are. */
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { randomRows } from '../../src/lab/bench/random-rows.js';
import { initialWeights } from '../../src/model/init.js';
import { bytesOfWork } from '../../src/protocol/tasks.js';
import { Session } from '../../src/session/session.js';
import { networkFor } from '../../src/train/make-network.js';

const PRODUCT = { kind: 'product', m: 64, n: 64, k: 64 } as const;

it.each(['sharded', 'coordinator'] as const)('gives up a product that never ends, %s', async update => {
  const network = networkFor([4, 3], 'relu', 'multiclass');
  const session = await Session.open({
    network,
    weights: () => initialWeights(network, 1),
    training: randomRows(network, 8, 1),
    validation: null,
    ...{
      batchRows: 8,
      keepPredictions: false,
      measuredBytes: bytesOfWork(PRODUCT),
      update,
      stallSeconds: 0.1,
      hangFolder: tmpdir(),
    },
    machine: { backend: 'wasm', blas: null, workers: 2, shards: 2 },
  });
  try {
    await expect(session.threads.measure(PRODUCT, 1e9, 2)).rejects.toThrow('no progress for 0.1 s');
  } finally {
    await session.close();
  }
});
