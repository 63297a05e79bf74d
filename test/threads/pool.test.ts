/** The pool when a worker fails: one clear error, and no worker that waits forever. */
import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';
import type { Network } from '../../src/model/network.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { planMemory, viewOf } from '../../src/model/plan.js';
import { Barrier } from '../../src/protocol/barrier.js';
import { GENERATION } from '../../src/protocol/control.js';
import type { Task } from '../../src/protocol/tasks.js';
import { type PoolJob, WorkerPool } from '../../src/threads/pool.js';

const WORKERS = 3;

/** A job whose plan lacks an entry. */
function jobWithout(place: string): PoolJob & { control: Int32Array } {
  const network: Network = { layers: [2, 1], hidden: [], output: 'identity', loss: 'sse' };
  const table = {
    rows: 8,
    features: 2,
    width: 2,
    spans: 0,
    type: 'f32' as const,
    targets: 1,
    weighs: false,
    counts: false,
    labelsWeigh: false,
  };
  const shape = { workers: WORKERS, shards: WORKERS, scratchRows: Array<number>(WORKERS).fill(4) };
  const plan = planMemory({
    ...shape,
    network,
    backend: 'reference',
    ...{ slabs: 1, foldBuffers: 0, foldFloats: 0, blockRows: 0, blockFloats: 0 },
    stepsPerEpoch: 1,
    optimizer: PLAIN_DESCENT,
    training: table,
    validation: null,
    keepPredictions: false,
    measuredBytes: 0,
    noiseParts: 0,
  });
  const pages = Math.ceil(plan.bytes / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const control = viewOf(plan, memory, 'control', 'i32');
  plan.entries = plan.entries.filter(({ name }) => name !== place);
  const setup = {
    workers: WORKERS,
    memory,
    plan,
    network,
    backend: chooseBackend('reference', null),
    optimizer: PLAIN_DESCENT,
    perturbation: null,
    coordinates: false,
    noiseScale: false,
    spins: 100,
    ranks: null,
    tables: { training: { ...table, targetIsInput: false, scale: 1, smoothing: 0 }, validation: null },
  };
  return { setup, barrier: new Barrier(control, WORKERS, 0), control };
}

function poolWithout(place: string): WorkerPool {
  const pool = new WorkerPool(WORKERS);
  pool.begin(jobWithout(place));
  return pool;
}

function oneStep(worker: number): Task {
  return {
    kind: 'train',
    worker,
    workers: WORKERS,
    order: 0,
    orderFrom: 0,
    byBlock: false,
    firstStep: 0,
    stepsBefore: 0,
    steps: 1,
    learningRate: 0.1,
    shards: WORKERS,
    microBatch: 4,
    batchSize: 8,
    reduction: 'mean',
    l2: 0,
    tolerance: null,
    measuredEvery: 0,
  };
}

describe('the pool', () => {
  it('ends a segment with the error of the worker that failed', async () => {
    // Worker 1 does not find its scratch; the others wait for it at the barrier.
    const pool = poolWithout('scratch1/x');
    await expect(pool.run(WORKERS, oneStep)).rejects.toMatchObject({
      code: 'failed',
      worker: 1,
      message: 'worker 1: the memory plan has no scratch1/x',
    });
    await pool.close();
  });

  it('reports a thread that was lost before its first task', async () => {
    const pool = new WorkerPool(WORKERS, new URL('../train/missing.js', import.meta.url).href);
    const job = jobWithout('nothing');
    pool.begin(job);
    // When the loss is known, the barrier is poisoned, which changes its generation.
    await Atomics.waitAsync(job.control, GENERATION, 0).value;
    await expect(pool.run(WORKERS, oneStep)).rejects.toMatchObject({
      code: 'failed',
      worker: null,
      message: expect.stringMatching(/^a worker was lost: .*missing\.js/),
    });
    await pool.close();
  });

  it('starts no threads in place of those that were lost', async () => {
    let started = 0;
    const count = () => started++;
    process.on('worker', count);
    const pool = new WorkerPool(WORKERS, new URL('../train/missing.js', import.meta.url).href);
    pool.begin(jobWithout('nothing'));
    while (pool.isIdle) await new Promise(resolve => setTimeout(resolve, 1));
    await pool.close();
    process.off('worker', count);
    expect(started).toBe(WORKERS);
  });

  it('runs nothing after it was given up', async () => {
    const pool = poolWithout('nothing');
    await pool.giveUp('enough of it');
    await expect(pool.run(WORKERS, oneStep)).rejects.toMatchObject({
      message: 'a worker was lost: enough of it',
    });
  });

  it('ends the threads that have started if one more cannot start', async () => {
    const threads: { Worker: typeof Worker } = createRequire(import.meta.url)('node:worker_threads');
    const usual = threads.Worker;
    const started: Worker[] = [];
    threads.Worker = class extends usual {
      constructor(...words: ConstructorParameters<typeof Worker>) {
        if (started.length === 1) throw new Error('EAGAIN');
        super(...words);
        started.push(this);
      }
    };
    try {
      expect(() => new WorkerPool(2)).toThrow(
        'threads: expected 2 for the workers, got EAGAIN from the system.',
      );
    } finally {
      threads.Worker = usual;
    }
    expect(started.length).toBe(1);
    // A thread that has ended has no number.
    while (started[0]!.threadId !== -1) await new Promise(resolve => setTimeout(resolve, 1));
  });
});
