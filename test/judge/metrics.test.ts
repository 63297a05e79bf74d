import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/data/dataset.js';
import { checkMetrics, isBetter, isRising, metricOf, usualMetrics } from '../../src/judge/metrics.js';
import { judgeRows } from '../../src/judge/scores/score.js';
import type { Network } from '../../src/model/network.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import type { Report } from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';
import { changeInputs, makeDataset, randomDataset, trainOptions } from '../datasets.js';
import { runTraining, withoutTime } from '../train/run.js';

describe('a figure by its name', () => {
  const judgement = { loss: 0.5, accuracy: 0.9, rmse: null, metrics: { f1: 0.8, auc: null } };

  it.each([
    ['loss', 0.5],
    ['accuracy', 0.9],
    ['f1', 0.8],
    // Not a metric of this task, not defined on these rows, not requested.
    ['rmse', undefined],
    ['auc', undefined],
    ['recall', undefined],
  ])('%s is %s', (name, value) => {
    expect(metricOf(judgement, name)).toBe(value);
  });

  it('is found if no other metrics were requested', () => {
    expect(metricOf({ loss: 0.5, accuracy: null, rmse: 2 }, 'rmse')).toBe(2);
  });
});

describe('the better of two figures', () => {
  it.each([
    ['loss', 1, 2, true],
    ['loss', 2, 1, false],
    ['loss', 1, 1, false],
    ['rmse', 1, 2, true],
    ['accuracy', 0.9, 0.8, true],
    ['accuracy', 0.8, 0.9, false],
    ['accuracy', Number.NaN, 0.9, false],
    ['loss', Number.NaN, 1, false],
  ])('%s %s against %s: %s', (name, a, b, better) => {
    expect(isBetter(name, a, b)).toBe(better);
  });

  it('rises for accuracy, falls for errors', () => {
    expect(['loss', 'accuracy', 'rmse'].map(isRising)).toEqual([false, true, false]);
  });
});

describe('the metrics of a task', () => {
  const data = (task: Task, outputs: number) => ({
    task,
    outputs,
    source: 'a.csv',
  });

  it.each([
    [data('binary', 1), ['loss', 'accuracy', 'precision', 'recall', 'f1', 'auc', 'log-loss']],
    [data('multiclass', 10), ['loss', 'accuracy', 'precision', 'recall', 'f1', 'auc', 'log-loss', 'top-5']],
    [data('multiclass', 500), ['loss', 'accuracy', 'precision', 'recall', 'f1', 'log-loss', 'top-5']],
    [
      data('multilabel', 3),
      ['loss', 'accuracy', 'subset-accuracy', 'precision', 'recall', 'f1', 'auc', 'log-loss'],
    ],
    [data('regression', 2), ['loss', 'rmse', 'mae', 'r2']],
  ])('%o', (shape, expected) => {
    const names = usualMetrics(shape);
    expect(names).toEqual(expected);
    checkMetrics(names, shape);
  });

  it.each([
    [data('binary', 1), 'top-1'],
    [data('multiclass', 5), 'top-5'],
    [data('multiclass', 5), 'r2'],
    [data('regression', 1), 'f1'],
    [data('multiclass', 5), 'subset-accuracy'],
    [data('multilabel', 5), 'top-2'],
    [data('multilabel', 5), 'rmse'],
  ])('%o has no %s', (shape, name) => {
    expect(() => checkMetrics([name], shape)).toThrow(`got ${name}.`);
  });

  it('an error names the option and a metric to try', () => {
    expect(() => checkMetrics(['rmse'], data('binary', 1))).toThrow(
      expect.objectContaining({ hint: 'Try metrics: ["accuracy"].' }),
    );
  });
});

describe('figures of validation rows in a training', () => {
  const network: Network = { layers: [6, 8, 4], hidden: ['tanh'], output: 'softmax', loss: 'cross-entropy' };
  const data = randomDataset(network, 101);
  const options = {
    shards: 4,
    batchSize: 16,
    epochs: 4,
    seed: 3,
    metrics: ['f1', 'auc', 'top-2', 'log-loss'],
  };
  const run = (more: object) => runTraining(network, data, { ...options, ...more }, data);

  it('have the same bits for every number of workers, and change no weight', async () => {
    const one = await run({ workers: 1 });
    expect(Object.keys(one.result.validation!.metrics!)).toEqual(options.metrics);
    for (const variant of [{ workers: 2 }, { workers: 4, update: 'coordinator' }]) {
      expect(withoutTime(await run({ ...variant }))).toEqual(withoutTime(one));
    }
    const without = await run({ workers: 2, metrics: undefined });
    expect(without.result.weights).toEqual(one.result.weights);
    expect(without.result.validation!.metrics).toBeUndefined();
  });

  it('are the same after an interruption, and after a worker was lost during evaluation', async () => {
    const whole = await run({ workers: 2 });
    const half = await run({ workers: 2, steps: 17 });
    const rest = await run({ workers: 3, resume: half.result.state });
    expect(withoutTime(rest, 3)).toEqual(withoutTime(whole, 3));
    const fault = { worker: 1, step: 14, phase: 'validation', kind: 'throw', times: 1 };
    const lost = await run({ workers: 2, fault });
    expect(lost.reports.some(({ type }) => type === 'lost')).toBe(true);
    expect(withoutTime(lost)).toEqual(withoutTime(whole));
  });
});

describe('predictions that are not numbers', () => {
  const networks: Network[] = [
    { layers: [2, 3, 1], hidden: ['identity'], output: 'sigmoid', loss: 'binary-cross-entropy' },
    { layers: [2, 3, 3], hidden: ['identity'], output: 'softmax', loss: 'cross-entropy' },
    { layers: [2, 3, 3], hidden: ['identity'], output: 'sigmoid', loss: 'binary-cross-entropy' },
    { layers: [2, 3, 2], hidden: ['identity'], output: 'identity', loss: 'huber', huberDelta: 1 },
  ];

  it.each(networks)('of $output, $layers have no figures', async network => {
    const data = randomDataset(network, 12);
    const metrics = [...usualMetrics(data), ...(data.task === 'multiclass' ? ['top-2'] : [])];
    const sums = {
      loss: Number.NaN,
      right: data.task === 'regression' ? Number.NaN : 7,
      weight: 12,
      rows: 12,
    };
    const predictions = new Float32Array(12 * data.outputs).fill(Number.NaN);
    const judged = await judgeRows(sums, data, { reduction: 'mean', metrics }, () => predictions);
    expect(Number.isFinite(judged.accuracy ?? judged.rmse)).toBe(false);
    expect(Object.values(judged.metrics!).filter(score => score !== null)).toEqual([]);
  });

  it.each(networks)('of $output, $layers are refused, with their row', async network => {
    const data = randomDataset(network, 12);
    const weights = new Float32Array(9 + 4 * data.outputs).fill(1);
    await expect(evaluate(network, weights, data)).resolves.toMatchObject({ loss: expect.any(Number) });
    const huge = changeInputs(data, inputs => inputs.fill(3e38, 2 * 8, 2 * 9));
    await expect(evaluate(network, weights, huge)).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(
        /^test data(, row 9: expected a finite prediction|: expected a finite loss), got (NaN|Infinity)\.$/,
      ),
    });
  });

  it('refuses a loss that is not finite although the predictions are', async () => {
    const network: Network = { layers: [1, 1], hidden: [], output: 'identity', loss: 'sse' };
    const data = makeDataset(network, [0, 1], [3e38, 1]);
    await expect(evaluate(network, Float32Array.of(-3e38, 0), data)).rejects.toMatchObject({
      code: 'diverged',
      message: 'test data: expected a finite loss, got Infinity.',
    });
  });

  it.each(networks)('of $output, $layers on validation rows end the training', async network => {
    const data = randomDataset(network, 12);
    const validation = changeInputs(randomDataset(network, 5, 2), inputs => inputs.fill(3e38, 2, 4));
    const handedOut: Report[] = [];
    const options = trainOptions({
      epochs: 3,
      batchSize: 6,
      monitor: 'training-loss',
      checkpoint: { every: 1, unit: 'epochs' },
    });
    const running = (async () => {
      for await (const report of train(network, data, validation, options)) handedOut.push(report);
    })();
    await expect(running).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(
        /^Training diverged in step 2 \(epoch 1\): the validation loss is not (a number|finite)\.$/,
      ),
    });
    // The epoch is reported but is not the best, and no state to resume from is handed out.
    const told = handedOut.filter(({ type }) => type === 'epoch' || type === 'checkpoint');
    expect(told).toMatchObject([{ type: 'epoch', epoch: 1, best: null }]);
  });

  it('reach no target, so that the training diverges', async () => {
    const network = networks[1]!;
    const data = randomDataset(network, 12);
    const target = { figure: 'top-1', value: 0.9 };
    const options = { learningRate: 1e25, batchSize: 'full', epochs: 3, target } as const;
    await expect(runTraining(network, data, options, data)).rejects.toMatchObject({ code: 'diverged' });
  });
});
