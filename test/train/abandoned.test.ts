/** Trainings that are closed while a lost worker is being replaced. */
import { afterEach, expect, it, vi } from 'vitest';
import { idlePools } from '../../src/threads/idle-pools.js';
import { Threads } from '../../src/threads/threads.js';
import { train } from '../../src/train/train.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { NETWORKS } from './networks.js';
import { runTraining } from './run.js';

const NET = NETWORKS[0]!;
const data = randomDataset(NET, 120);
const OPTIONS = { epochs: 30, batchSize: 4, workers: 2, shards: 2, seed: 3 };

afterEach(() => vi.restoreAllMocks());

it('starts no segment after the training is closed, and leaves its memory to the next job', async () => {
  const undisturbed = (await runTraining(NET, data, OPTIONS)).result.weights;
  // The training is closed while its threads are being replaced.
  const closing = new Promise<Threads>(resolve => {
    const end = idlePools.end.bind(idlePools);
    let threads: Threads;
    const rebuild = Threads.prototype.rebuild;
    vi.spyOn(Threads.prototype, 'rebuild').mockImplementationOnce(function (this: Threads) {
      threads = this;
      return rebuild.call(this);
    });
    vi.spyOn(idlePools, 'end').mockImplementationOnce(async pool => {
      const hasEnded = await end(pool);
      resolve(threads);
      while (!threads.isClosed) await new Promise(setImmediate);
      return hasEnded;
    });
  });
  const started = vi.spyOn(Threads.prototype, 'train');
  const fault = { worker: 1, step: 60, phase: 'gradient', kind: 'throw', times: 1 } as const;
  for await (const report of train(NET, data, null, trainOptions({ ...OPTIONS, fault }))) {
    if (report.type !== 'epoch') continue;
    await closing;
    break;
  }
  const before = started.mock.calls.length;
  const next = await runTraining(NET, data, OPTIONS);
  expect(next.result.weights).toEqual(undisturbed);
  const threads = await closing;
  expect(started.mock.contexts.slice(before)).not.toContain(threads);
});
