/** The pool when a worker fails: one clear error, and nobody left waiting. */
import { expect, it } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';
import type { Network } from '../../src/model/network.js';
import { planMemory, viewOf } from '../../src/model/plan.js';
import { Barrier } from '../../src/protocol/barrier.js';
import { WorkerPool } from '../../src/train/pool.js';

it('ends a segment with the error of the worker that failed', async () => {
  const network: Network = { layers: [2, 1], hidden: [], output: 'identity', loss: 'sse' };
  const backend = chooseBackend('reference', null);
  const table = { rows: 8, features: 2, type: 'f32' as const, targets: 1 };
  const plan = planMemory({
    network,
    backend: 'reference',
    workers: 3,
    shards: 3,
    microBatch: 4,
    byBlock: false,
    stepsPerEpoch: 1,
    training: table,
    validation: null,
    keepPredictions: false,
    measured: false,
  });
  // Worker 1 will not find its scratch; the others wait for it at the barrier.
  plan.entries = plan.entries.filter(({ name }) => name !== 'scratch1/x');
  const pages = Math.ceil(plan.bytes / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const barrier = new Barrier(viewOf(plan, memory, 'control', 'i32'), 3, 0);
  const setup = {
    memory,
    plan,
    network,
    backend,
    workers: 3,
    shards: 3,
    microBatch: 4,
    byBlock: false,
    parties: 3,
    spins: 100,
  };
  const tables = { training: { ...table, scale: 1 }, validation: null };
  const pool = new WorkerPool({ ...setup, tables }, barrier);
  const task = { kind: 'train' as const, order: 0 as const, firstStep: 0, steps: 1, learningRate: 0.1 };
  const steps = {
    batchSize: 8,
    reduction: 'mean' as const,
    l2: 0,
    update: 'sharded' as const,
    tolerance: null,
    measured: false,
  };
  await expect(pool.run(worker => ({ ...task, ...steps, worker }))).rejects.toMatchObject({
    code: 'failed',
    message: 'worker 1: the memory plan has no scratch1/x',
  });
  await pool.close();
});
