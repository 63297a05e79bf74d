/** The default shards: more than one per worker, walked together and folded, with the same bits for any number of workers. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import type { TrainOptions } from '../../src/train/options.js';
import { randomDataset } from '../datasets.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

const NETWORK: Network = {
  layers: [20, 40, 3],
  hidden: ['tanh'],
  output: 'softmax',
  loss: 'cross-entropy',
};
/** Batches of 64 are walked by block, and then only the loss is summed by shard. */
const WIDE: Network = { ...NETWORK, layers: [300, 200, 3] };

// Batches of 1,100 rows in 64 uneven shards, and a last one of 300.
const data = randomDataset(NETWORK, 2500);
const validation = randomDataset(NETWORK, 1300, 5);
const BASE = { epochs: 2, learningRate: 0.01, shards: 'auto' } as const;
const VARIANTS: [string, Partial<TrainOptions>][] = [
  ['plain descent', { batchSize: 1100 }],
  ['plain descent with a penalty', { batchSize: 1100, l2: 1e-3 }],
  [
    'momentum and the noise scale',
    { batchSize: 1100, optimizer: makeOptimizer('sgd', { momentum: 0.9 }), noiseScale: true },
  ],
  ['adam, clipped', { batchSize: 1100, optimizer: makeOptimizer('adam', { clipNorm: 0.5 }) }],
  ['lamb', { batchSize: 700, optimizer: makeOptimizer('lamb') }],
  ['lbfgs', { batchSize: 'full', optimizer: makeOptimizer('lbfgs'), learningRate: 1 }],
  ['batches that grow', { batchSize: 32, batchSchedule: [{ epoch: 1, batchSize: 1024 }] }],
];

const of = (run: Awaited<ReturnType<typeof runTraining>>) => ({
  ...withoutTime(run),
  losses: run.epochs.map(epoch => epoch.stepLosses),
});

describe.each(VARIANTS)('%s', (_, options) => {
  it('has the same bits for any number of workers, with either update', async () => {
    const one = of(await runTraining(NETWORK, data, { ...BASE, ...options, workers: 1 }, validation));
    const isSearch = options.optimizer?.name === 'lbfgs';
    const variants = [2, 3, 5, 7].map(
      (workers): Partial<TrainOptions> => ({
        workers,
        update: workers % 2 === 1 && !isSearch ? 'coordinator' : 'sharded',
      }),
    );
    for (const variant of variants) {
      const other = of(await runTraining(NETWORK, data, { ...BASE, ...options, ...variant }, validation));
      expect(other, JSON.stringify(variant)).toEqual(one);
    }
  });
});

it('has the same bits by block, with more workers than shards', async () => {
  const wide = randomDataset(WIDE, 200);
  const options = { ...BASE, batchSize: 64 };
  const one = await runTraining(WIDE, wide, { ...options, workers: 1 });
  expect(one.reports[0]).toMatchObject({ shards: 4 });
  const seven = await runTraining(WIDE, wide, { ...options, workers: 7 });
  expect(bitsOf(seven.result.weights)).toBe(bitsOf(one.result.weights));
});

it('cuts batches only by rows and network', async () => {
  for (const [rows, shards] of [
    [1024, 64],
    [1000, 32],
    [64, 4],
    [31, 1],
  ] as const) {
    for (const workers of [1, 3]) {
      const { reports } = await runTraining(NETWORK, data, { ...BASE, batchSize: rows, workers, steps: 1 });
      expect(reports[0]).toMatchObject({ type: 'start', shards, workers });
    }
  }
});

it('ends with the same bits after a worker is lost, and if it is resumed', async () => {
  const options = { ...BASE, batchSize: 1100, workers: 3, optimizer: makeOptimizer('adam') };
  const whole = await runTraining(NETWORK, data, options, validation);
  const fault = { worker: 1, step: 4, phase: 'update', kind: 'throw', times: 1 } as const;
  expect(of(await runTraining(NETWORK, data, { ...options, fault }, validation))).toEqual(of(whole));
  const first = await runTraining(NETWORK, data, { ...options, steps: 4 }, validation);
  const rest = await runTraining(
    NETWORK,
    data,
    { ...options, workers: 2, resume: first.result.state },
    validation,
  );
  expect(withoutTime(rest, 2)).toEqual(withoutTime(whole, 2));
});
