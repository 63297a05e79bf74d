import { expect, it } from 'vitest';
import { Registers } from '../../src/model/operations.js';
import { beginStep, type StepsTask } from '../../src/protocol/steps.js';
import type { Setup } from '../../src/protocol/tasks.js';

/** 50 rows in batches of 20, from the second step of an epoch on, after 10 steps of the training. */
const task: StepsTask = {
  ...{
    kind: 'train',
    workers: 2,
    order: 0,
    orderFrom: 0,
    byBlock: false,
    batchSize: 20,
    reduction: 'mean',
    l2: 0.5,
  },
  ...{ shards: 12, microBatch: 4 },
  ...{ tolerance: null, measuredEvery: 0, firstStep: 1, steps: 2, stepsBefore: 10 },
  learningRate: Float64Array.of(0.1, 0.2),
};
const setup = {
  ...{ backend: { name: 'wasm' }, plan: { slabBytes: 64 } },
  tables: { training: { rows: 50 } },
} as unknown as Setup;

it('sets the batch, the update and the number of each step, the last batch being smaller', () => {
  const registers = new Registers();
  beginStep(registers, setup, task, 0, 1000);
  expect(registers).toMatchObject({ order: 1000 + 20 * 4, batch: 20, shards: 12, slabs: 2, step: 11 });
  expect(registers).toMatchObject({ scale: 1 / 20, learningRate: 0.1, l2: 0.5 });
  beginStep(registers, setup, task, 1, 1000);
  expect(registers).toMatchObject({ order: 1000 + 40 * 4, batch: 10, shards: 10, slabs: 2, step: 12 });
  expect(registers).toMatchObject({ scale: 1 / 10, learningRate: 0.2 });
});

it('forgets what the step before left, and adds up one slab by block', () => {
  const registers = new Registers();
  Object.assign(registers, { clip: 0.5, trust: [2] });
  beginStep(registers, setup, { ...task, byBlock: true, reduction: 'sum' }, 0, 0);
  expect(registers).toMatchObject({ clip: 1, trust: [], slabs: 1, scale: 1 });
});
