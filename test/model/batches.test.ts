/** Batches that change from epoch to epoch: the arithmetic of steps, and trainings with them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batches, type BatchPhase } from '../../src/model/batches.js';
import type { Network } from '../../src/model/network.js';
import { planWalk } from '../../src/model/walk.js';
import type { TrainOptions } from '../../src/train/options.js';
import { randomDataset } from '../datasets.js';
import { THREE } from '../train/networks.js';
import { bitsOf, runTraining, withoutTime } from '../train/run.js';

/** It has so many parameters that small batches are walked by block. */
const WIDE: Network = {
  layers: [40, 300, 150, 3],
  hidden: ['tanh', 'tanh'],
  output: 'softmax',
  loss: 'cross-entropy',
};

describe('Batches', () => {
  const batches = new Batches(
    {
      batchSize: 7,
      batchSchedule: [
        { epoch: 2, batchSize: 20, learningRate: 0.5 },
        { epoch: 3, batchSize: 'full' },
      ],
      learningRate: 0.1,
    },
    53,
  );

  it('cut each epoch by its own batch size', () => {
    const epochs = [1, 2, 3, 4, 5];
    expect(batches.sizes).toEqual([7, 20, 53]);
    expect(epochs.map(epoch => batches.sizeIn(epoch))).toEqual([7, 7, 20, 53, 53]);
    expect(epochs.map(epoch => batches.stepsIn(epoch))).toEqual([8, 8, 3, 1, 1]);
    expect(epochs.map(epoch => batches.stepsBefore(epoch))).toEqual([0, 8, 16, 19, 20]);
    expect(epochs.map(epoch => batches.learningRateIn(epoch))).toEqual([0.1, 0.1, 0.5, 0.1, 0.1]);
    expect([0, 1, 8, 9, 16, 17, 19, 21].map(steps => batches.samplesOf(steps))).toEqual([
      0, 7, 53, 60, 106, 126, 159, 265,
    ]);
  });

  it('count as a loop over all steps does', () => {
    const phases = fc.uniqueArray(
      fc.record({ epoch: fc.nat(12), batchSize: fc.integer({ min: 1, max: 30 }) }),
      {
        selector: ({ epoch }) => epoch,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), phases, (batchSize, unordered) => {
        const batchSchedule = [...unordered].sort((a, b) => a.epoch - b.epoch);
        const any = new Batches({ batchSize, batchSchedule, learningRate: 1 }, 30);
        let steps = 0;
        let samples = 0;
        for (let epoch = 1; epoch <= 15; epoch++) {
          expect(any.stepsBefore(epoch)).toBe(steps);
          const size = batchSchedule.findLast(phase => phase.epoch < epoch)?.batchSize ?? batchSize;
          for (let row = 0; row < 30; row += size) {
            expect(any.samplesOf(steps)).toBe(samples);
            steps++;
            samples += Math.min(size, 30 - row);
          }
        }
      }),
    );
  });
});

/** One training after the other, each from the weights of the previous one. */
async function joined(network: Network, options: Partial<TrainOptions>, parts: Partial<TrainOptions>[]) {
  let init: Float32Array | null = null;
  for (const part of parts) {
    const { result }: { result: { weights: Float32Array } } = await runTraining(
      network,
      randomDataset(network, 203),
      { ...options, ...part, init },
    );
    init = result.weights;
  }
  return init!;
}

describe('a training with growing batches', () => {
  const data = randomDataset(THREE, 53);
  const validation = randomDataset(THREE, 17, 5);
  const growing: BatchPhase[] = [
    { epoch: 1, batchSize: 20 },
    { epoch: 3, batchSize: 'full' },
  ];
  const options = { batchSize: 7, batchSchedule: growing, epochs: 4, shards: 5, learningRate: 0.05 };

  it('has the bits of trainings with each batch in turn', async () => {
    const plain = { shards: 5, shuffle: false, learningRate: 0.05 };
    const parts = [
      { batchSize: 7, epochs: 1 },
      { batchSize: 20, epochs: 2 },
      { batchSize: 'full' as const, epochs: 2 },
    ];
    const { result } = await runTraining(THREE, randomDataset(THREE, 203), {
      ...plain,
      ...options,
      shuffle: false,
      epochs: 5,
    });
    expect(result.weights).toEqual(await joined(THREE, plain, parts));
    expect(result).toMatchObject({ steps: 29 + 2 * 11 + 2, samples: 5 * 203, epochs: 5 });
  });

  it('has them if small batches are walked by block and large ones by shard', async () => {
    expect(planWalk(WIDE, 16, 3, false).byBlock).toBe(true);
    expect(planWalk(WIDE, 203, 3, false).byBlock).toBe(false);
    const plain = { shards: 3, shuffle: false, learningRate: 0.05 };
    const expected = await joined(WIDE, plain, [
      { batchSize: 16, epochs: 1 },
      { batchSize: 'full', epochs: 2 },
      { batchSize: 32, epochs: 1 },
    ]);
    const batchSchedule: BatchPhase[] = [
      { epoch: 0, batchSize: 16 },
      { epoch: 1, batchSize: 'full' },
      { epoch: 3, batchSize: 32 },
    ];
    for (const machine of [{ workers: 1 }, { workers: 3 }, { workers: 2, update: 'coordinator' as const }]) {
      const { result } = await runTraining(WIDE, randomDataset(WIDE, 203), {
        ...{ ...plain, ...machine, batchSchedule, epochs: 4 },
      });
      expect(bitsOf(result.weights), JSON.stringify(machine)).toBe(bitsOf(expected));
    }
  });

  it('shuffles as with a constant batch size, and resumes from the state of such a training', async () => {
    const first = await runTraining(THREE, data, { ...options, batchSchedule: [], epochs: 1 }, validation);
    const whole = await runTraining(THREE, data, options, validation);
    const rest = await runTraining(THREE, data, { ...options, resume: first.result.state }, validation);
    expect(withoutTime(rest)).toEqual(withoutTime(whole));
  });

  it('resumes from any step with any number of workers, with momentum, cosine and warm-up', async () => {
    const { makeSchedule, makeOptimizer } = await import('../../src/index.js');
    const all = {
      ...options,
      schedule: makeSchedule('cosine', { warmup: 3 }),
      optimizer: makeOptimizer('sgd', { momentum: 0.9 }),
      batchSchedule: growing.map(phase => ({ ...phase, learningRate: 0.1 })),
    };
    const every = { every: 1, unit: 'steps' } as const;
    const whole = await runTraining(THREE, data, { ...all, checkpoint: every }, validation);
    expect(whole.checkpoints).toHaveLength(8 + 2 * 3 + 1);
    for (const [i, { state }] of whole.checkpoints.entries()) {
      const machine = i % 2 === 0 ? { workers: 1 } : { workers: 3, update: 'coordinator' as const };
      const rest = await runTraining(THREE, data, { ...all, ...machine, resume: state }, validation);
      expect(withoutTime(rest, state.epoch), `step ${state.steps}`).toEqual(withoutTime(whole, state.epoch));
    }
  });

  it('spans all steps with its schedule, and reports them', async () => {
    const { makeSchedule } = await import('../../src/index.js');
    const schedule = makeSchedule('polynomial', {});
    const { epochs, reports } = await runTraining(THREE, data, { ...options, schedule });
    expect(reports[0]).toMatchObject({
      ...{ batchSize: 7, largestBatch: 53, stepsPerEpoch: 8, totalSteps: 15, totalSamples: 212 },
    });
    expect(epochs.map(({ step, samples }) => [step, samples])).toEqual([
      [8, 53],
      [11, 106],
      [14, 159],
      [15, 212],
    ]);
    epochs.forEach(({ step, learningRate }) => {
      expect(learningRate).toBeCloseTo(0.05 * (1 - (step - 1) / 15), 12);
    });
  });

  it.each<[string, BatchPhase[], RegExp]>([
    [
      'a batch larger than the data',
      [{ epoch: 1, batchSize: 54 }],
      /batchSchedule: expected full or 1 to 53/,
    ],
    [
      'epochs that do not ascend',
      [
        { epoch: 2, batchSize: 9 },
        { epoch: 2, batchSize: 10 },
      ],
      /batchSchedule: expected epochs from 0 that ascend, got 2 after 2/,
    ],
    ['half an epoch', [{ epoch: 0.5, batchSize: 9 }], /epochs from 0 that ascend, got 0.5/],
  ])('with %s is refused', async (_, batchSchedule, message) => {
    await expect(runTraining(THREE, data, { ...options, batchSchedule })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it('does not resume from a state with another batch size', async () => {
    const { result } = await runTraining(THREE, data, { ...options, epochs: 2 });
    const resume = { ...options, batchSchedule: [], resume: result.state };
    await expect(runTraining(THREE, data, resume)).rejects.toThrow('expected batchSize 20, got 7');
  });
});
