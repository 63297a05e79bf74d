/** Training as users see it: it learns, stops, reports and refuses. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { Report } from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';
import { changeInputs, makeDataset, randomDataset, trainOptions } from '../datasets.js';
import { LINE, THREE } from './networks.js';
import { resultOf, runTraining } from './run.js';

const XOR: Network = { layers: [2, 4, 1], hidden: ['tanh'], output: 'sigmoid', loss: 'binary-cross-entropy' };

describe('train', () => {
  it.each([1, 2])('learns XOR with %d workers', async workers => {
    const data = makeDataset(XOR, [0, 0, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0]);
    const { result } = await runTraining(XOR, data, {
      workers,
      batchSize: 'full',
      epochs: 500,
      learningRate: 1,
    });
    expect(result.training.accuracy).toBe(1);
    expect(result.training.loss).toBeLessThan(0.1);
  });

  it('reports the start, then one epoch after the other', async () => {
    const data = randomDataset(THREE, 50);
    const { reports, epochs, result } = await runTraining(THREE, data, { epochs: 3, batchSize: 16 }, data);
    expect(reports[0]).toMatchObject({ type: 'start', workers: 2, shards: 1, stepsPerEpoch: 4, rows: 50 });
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 4],
      [2, 8],
      [3, 12],
    ]);
    expect(epochs[0]!.stepLosses).toHaveLength(4);
    expect(result).toMatchObject({ steps: 12, samples: 150, epochs: 3, stopped: 'epochs' });
    expect(result.validation).toEqual(epochs[2]!.validation);
  });

  it('judges all rows of an epoch’s batches', async () => {
    const data = randomDataset(THREE, 50);
    const { epochs } = await runTraining(THREE, data, { epochs: 1, batchSize: 16, shuffle: false });
    const [a, b, c, d] = epochs[0]!.stepLosses as unknown as [number, number, number, number];
    expect(epochs[0]!.training.loss).toBeCloseTo((16 * (a + b + c) + 2 * d) / 50, 10);
  });

  it('has the validation figures that evaluate gives', async () => {
    const data = randomDataset(THREE, 50);
    const validation = randomDataset(THREE, 37, 9);
    const { result } = await runTraining(THREE, data, { shards: 4 }, validation);
    const machine = { workers: 1, shards: 4, backend: 'wasm', blas: null, reduction: 'mean' } as const;
    const judged = await evaluate(THREE, result.weights, validation, machine);
    expect(judged).toMatchObject(result.validation!);
    for (let i = 0; i < 37; i++) {
      const row = judged.predictions.subarray(i * 3, i * 3 + 3);
      expect(row[0]! + row[1]! + row[2]!).toBeCloseTo(1, 5);
    }
  });

  it('gives predictions and RMSE in the units of the targets', async () => {
    const plain = randomDataset(LINE, 20);
    const scaled = {
      ...plain,
      encoding: { ...plain.encoding, targetScales: [1, 2].map(() => ({ mean: 7, deviation: 3 })) },
    };
    const weights = new Float32Array(8).fill(0.1);
    const machine = { workers: 1, shards: 'auto', backend: 'wasm', blas: null, reduction: 'mean' } as const;
    const a = await evaluate(LINE, weights, plain, machine);
    const b = await evaluate(LINE, weights, scaled, machine);
    expect(b.rmse).toBeCloseTo(3 * a.rmse!, 6);
    expect(b.predictions[5]).toBeCloseTo(7 + 3 * a.predictions[5]!, 5);
  });

  it('stops when no weight changes by more than the tolerance', async () => {
    const data = randomDataset(LINE, 20);
    const { result } = await runTraining(LINE, data, {
      batchSize: 'full',
      epochs: 10_000,
      tolerance: 1e-5,
      learningRate: 0.5,
    });
    expect(result.stopped).toBe('tolerance');
    expect(result.steps).toBeLessThan(5000);
  });

  it('ends after the given number of steps, within an epoch or at its end', async () => {
    const data = randomDataset(THREE, 50);
    const { result, epochs } = await runTraining(THREE, data, { epochs: 3, steps: 6 });
    expect(result).toMatchObject({ stopped: 'steps', steps: 6, epochs: 2, samples: 82 });
    const whole = await runTraining(THREE, data, { epochs: 3 });
    const all = whole.epochs.flatMap(epoch => [...epoch.stepLosses]);
    expect(epochs.flatMap(epoch => [...epoch.stepLosses])).toEqual(all.slice(0, 6));
    const { result: atEnd } = await runTraining(THREE, data, { epochs: 3, steps: 4 });
    expect(atEnd).toMatchObject({ stopped: 'steps', steps: 4, epochs: 1 });
  });

  it('ends after the current step when it is aborted', async () => {
    const data = randomDataset(THREE, 400);
    const control = new AbortController();
    const options = trainOptions({ epochs: 1_000_000, batchSize: 8, signal: control.signal });
    const reports: Report[] = [];
    for await (const report of train(THREE, data, null, options)) {
      reports.push(report);
      if (report.type === 'epoch' && report.epoch === 3) control.abort();
    }
    const { stopped, weights } = resultOf(reports);
    expect(stopped).toBe('aborted');
    expect(weights.every(Number.isFinite)).toBe(true);
  });

  it('releases its threads when the reports are no longer read', async () => {
    const data = randomDataset(THREE, 400);
    for await (const report of train(THREE, data, null, trainOptions({ epochs: 1_000_000 }))) {
      if (report.type === 'epoch') break;
    }
  });

  it.each(['sharded', 'coordinator'] as const)('reports where it diverged, update = %s', async update => {
    const data = randomDataset(LINE, 20);
    const options = { learningRate: 1e30, epochs: 50, update };
    await expect(runTraining(LINE, data, options)).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(
        /^Training diverged in step \d+ \(epoch \d+\): (the loss is (not|\d\.\d+e\+\d+)|some weights are not finite)/,
      ),
      hint: expect.stringContaining('learningRate'),
    });
  });

  it.each(['sharded', 'coordinator'] as const)(
    'ends at a finite loss that is far too large, update = %s',
    async update => {
      const far = (size: number) => changeInputs(randomDataset(LINE, 20), inputs => inputs.fill(size));
      const options = {
        learningRate: 1e-38,
        epochs: 1,
        batchSize: 4,
        init: new Float32Array(8).fill(1),
        update,
      };
      const near = { ...options, learningRate: 1e-30 };
      await expect(runTraining(LINE, far(1e16), options)).rejects.toMatchObject({
        code: 'diverged',
        message: expect.stringMatching(
          /^Training diverged in step 1 \(epoch 1\): the loss is \d\.\d+e\+3\d\.$/,
        ),
      });
      // Over a whole epoch, a million times the loss of predicting nothing is enough.
      await expect(runTraining(LINE, far(1e12), near)).rejects.toMatchObject({
        message: expect.stringMatching(
          /^Training diverged in step 5 \(epoch 1\): the loss is \d\.\d+e\+2\d\.$/,
        ),
      });
      await expect(runTraining(LINE, far(100), near)).resolves.toMatchObject({ result: { steps: 5 } });
    },
  );

  it('reports divergence in the very last step', async () => {
    const options = { learningRate: 1e38, epochs: 1, batchSize: 'full' as const };
    const data = changeInputs(randomDataset(LINE, 20), inputs =>
      inputs.set(inputs.map(value => 1e6 * value)),
    );
    await expect(runTraining(LINE, data, options)).rejects.toMatchObject({ code: 'diverged' });
  });

  it('never has a best epoch with weights that are not finite, even if its loss is finite', async () => {
    const data = changeInputs(randomDataset(LINE, 20), inputs =>
      inputs.set(inputs.map(value => 1e6 * value)),
    );
    const options = trainOptions({ learningRate: 1e38, epochs: 2, batchSize: 'full' });
    const handedOut: string[] = [];
    const running = (async () => {
      for await (const report of train(LINE, data, null, options)) handedOut.push(report.type);
    })();
    await expect(running).rejects.toMatchObject({ code: 'diverged' });
    expect(handedOut).not.toContain('epoch');
  });

  const refused: [string, Partial<TrainOptions>, RegExp][] = [
    ['no batch', { batchSize: 0 }, /batchSize: expected full or 1 to 20 \(the rows of test data\), got 0/],
    ['too large a batch', { batchSize: 21 }, /batchSize: expected full or 1 to 20 .*got 21/],
    ['half a row', { batchSize: 1.5 }, /batchSize/],
    ['no step', { learningRate: 0 }, /learningRate: expected a number above 0 that float32 can hold, got 0/],
    ['no number', { learningRate: Number.NaN }, /learningRate/],
    [
      'a rate beyond float32',
      { learningRate: 1e39 },
      /learningRate: .* above 0 that float32 can hold, got 1e\+39/,
    ],
    ['decay that float32 takes for 0', { l2: 1e-50 }, /l2: .* that float32 can hold, got 1e-50/],
    [
      'an epsilon that float32 takes for 0',
      { optimizer: makeOptimizer('adam', { epsilon: 1e-50 }) },
      /epsilon: expected a number from 0 that float32 can hold, got 1e-50/,
    ],
    [
      'a part that float32 takes for 1',
      { optimizer: makeOptimizer('adam', { beta2: 1 - 1e-9 }) },
      /beta2: expected a number from 0, below 1 in float32 too, got 0.999999999/,
    ],
    ['negative decay', { l2: -1 }, /l2: expected a number from 0 that float32 can hold, got -1/],
    ['all of the velocity', { optimizer: makeOptimizer('sgd', { momentum: 1 }) }, /momentum: .*got 1/],
    [
      'negative L1',
      { optimizer: makeOptimizer('sgd', { l1: -1 }) },
      /l1: expected a number from 0 that float32 can hold, got -1/,
    ],
    [
      'parts for rprop',
      { optimizer: makeOptimizer('rprop'), batchSize: 5 },
      /optimizer: "rprop" needs batchSize: "full", as it goes by the signs/,
    ],
    ['no epoch', { epochs: 0 }, /epochs/],
    [
      'a schedule that ends before the training',
      { epochs: 4, scheduleEpochs: 2 },
      /scheduleEpochs: expected 4 or more \(the epochs\), got 2/,
    ],
    ['half a step', { steps: 1.5 }, /steps: expected a whole number from 1, got 1.5/],
    [
      'a schedule that ends before the steps',
      { steps: 4, scheduleSteps: 3 },
      /scheduleSteps: expected at least the steps \(4\), got 3/,
    ],
    ['negative tolerance', { tolerance: -1 }, /tolerance/],
    ['no worker', { workers: 0 }, /workers: expected auto or a whole number from 1/],
    ['more workers than shards', { workers: 3, shards: 2 }, /workers: expected 1 to 2 \(the shards\), got 3/],
    ['weights of another network', { init: new Float32Array(3) }, /weights: expected 8 parameters, got 3/],
  ];
  it.each(refused)('refuses %s', async (_, options, message) => {
    const data = randomDataset(LINE, 20);
    await expect(runTraining(LINE, data, options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it('refuses data that does not fit the network', async () => {
    await expect(runTraining(XOR, randomDataset(THREE, 20), {})).rejects.toThrow(
      "test data: expected 2 features (the network's), got 5.",
    );
    const labels = randomDataset(THREE, 20);
    labels.y[7] = 3;
    await expect(runTraining(THREE, labels, {})).rejects.toThrow(
      'test data, row 8: expected a class from 0 to 2, got 3.',
    );
  });

  const rows = randomDataset(THREE, 20);
  it.each([
    [
      'floats for classes',
      Float32Array.from(rows.y),
      '20 targets in an Int32Array, as the loss is cross-entropy',
    ],
    ['too few', rows.y.slice(0, 19), 'got 19 in an Int32Array'],
    ['none', rows.y.slice(0, 0), 'got 0 in an Int32Array'],
  ])('refuses targets that don’t fit the loss: %s', async (_, y, message) => {
    await expect(runTraining(THREE, { ...rows, y }, {})).rejects.toThrow(message);
    await expect(runTraining(THREE, rows, {}, { ...rows, y })).rejects.toThrow(message);
  });

  it('refuses integers as labels', async () => {
    const data = randomDataset(XOR, 20);
    await expect(runTraining(XOR, { ...data, y: Int32Array.from(data.y) }, {})).rejects.toThrow(
      'test data: expected 20 targets in a Float32Array, as the loss is binary-cross-entropy, got 20 in an Int32Array.',
    );
  });
});
