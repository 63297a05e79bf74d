/** Weights of rows and classes, and smoothed targets: their meaning, and the same bits in all cases. */

import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { arrayRows, readInputs } from '../../src/data/rows.js';
import { usualMetrics } from '../../src/judge/metrics.js';
import { isOfDifferences, type Network } from '../../src/model/network.js';
import { Random } from '../../src/random.js';
import { settleEmphasis, weighRows } from '../../src/session/emphasis.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import { computeGradient } from '../../src/train/jobs/gradient.js';
import type { TrainOptions } from '../../src/train/options.js';
import { expectAllClose } from '../close.js';
import { randomDataset } from '../datasets.js';
import { FLOAT32_GRADIENT } from '../tolerances.js';
import { LINE, NETWORKS, ROBUST, THREE } from '../train/networks.js';
import { bitsOf, runTraining, withoutTime } from '../train/run.js';

const MACHINE = { workers: 2, shards: 3, backend: 'wasm', blas: null, reduction: 'mean' } as const;
const named = [...NETWORKS, ...ROBUST].map(
  network => [`${network.layers.join('-')} with ${network.loss}`, network] as const,
);

/** The same rows with weights, by default whole numbers from 0 to 3. */
function weighed(data: Dataset, weightOf?: (row: number) => number): Dataset {
  const random = new Random(3, 'probe');
  const weights = new Float32Array(data.rows);
  for (let i = 0; i < data.rows; i++) weights[i] = weightOf?.(i) ?? Math.floor(4 * random.uniform(i));
  return { ...data, weights };
}

/** Each row as often as it weighs. */
function repeated(data: Dataset): Dataset {
  const rows = [...data.weights!].flatMap((count, row) => Array<number>(count).fill(row));
  const width = data.y.length / data.rows;
  const pick = (values: ArrayLike<number>, width: number) =>
    rows.flatMap(row => Array.from({ length: width }, (_, j) => values[row * width + j]!));
  const x = Float32Array.from(pick(readInputs(data), data.features));
  const Kind = data.y.constructor as Float32ArrayConstructor;
  const { weights: _, ...rest } = data;
  return { ...rest, rows: rows.length, x: arrayRows(x, data.features), y: Kind.from(pick(data.y, width)) };
}

const weightsOf = (network: Network) => {
  const random = new Random(5, 'probe');
  const count = network.layers.slice(1).reduce((sum, m, l) => sum + (network.layers[l]! + 1) * m, 0);
  return Float32Array.from({ length: count }, (_, i) => (random.uniform(i) - 0.5) / 2);
};

describe.each(named)('rows of %s', (_, network) => {
  const data = weighed(randomDataset(network, 41));
  const weights = weightsOf(network);

  it('with weight n count as n rows in the gradient and in every figure', async () => {
    const one = await computeGradient(network, weights, data, MACHINE);
    const other = await computeGradient(network, weights, repeated(data), MACHINE);
    expectAllClose([one.loss], [other.loss], FLOAT32_GRADIENT, 'loss');
    expectAllClose(one.gradE, other.gradE, FLOAT32_GRADIENT, 'gradient');
    const figures = { ...MACHINE, metrics: usualMetrics(data) };
    const judged = await evaluate(network, weights, data, figures);
    const expected = await evaluate(network, weights, repeated(data), figures);
    expect(judged.loss).toBeCloseTo(expected.loss, 5);
    if (expected.accuracy !== null) expect(judged.accuracy).toBeCloseTo(expected.accuracy, 10);
    if (expected.rmse !== null) expect(judged.rmse).toBeCloseTo(expected.rmse, 5);
    const scores = Object.entries(expected.metrics ?? {});
    expect(scores.length).toBeGreaterThan(0);
    for (const [name, value] of scores) {
      if (value === null) expect(judged.metrics![name]).toBeNull();
      else expect(judged.metrics![name], name).toBeCloseTo(value, 10);
    }
  });

  it('with weight 1 have the gradient of rows without weights', async () => {
    const ones = weighed(data, () => 1);
    const { weights: _, ...plain } = ones;
    const one = await computeGradient(network, weights, ones, MACHINE);
    const other = await computeGradient(network, weights, plain, MACHINE);
    expectAllClose(one.gradE, other.gradE, FLOAT32_GRADIENT, 'gradient');
  });

  const isClasses = !isOfDifferences(network.loss);
  const emphasis: Partial<TrainOptions> = isClasses ? { classWeights: 'balanced', labelSmoothing: 0.1 } : {};

  it.each([1, 7, 'full'] as const)(
    'in batches of %s give the same bits with any number of workers',
    async batchSize => {
      // 41 rows on 5 shards: uneven shards, a short last batch, batches whose rows all have weight 0.
      const options = { shards: 5, batchSize, epochs: 2, learningRate: 0.05, ...emphasis };
      const one = await runTraining(network, data, { ...options, workers: 1 });
      for (const workers of [2, 3]) {
        for (const update of ['sharded', 'coordinator'] as const) {
          const other = await runTraining(network, data, { ...options, workers, update }, data);
          expect(bitsOf(other.result.weights)).toBe(bitsOf(one.result.weights));
          expect(other.result.training).toEqual(one.result.training);
        }
      }
    },
  );

  it('give the same bits and figures after an interruption', async () => {
    const options = { shards: 3, batchSize: 7, epochs: 3, learningRate: 0.05, ...emphasis };
    const checkpoint = { every: 4, unit: 'steps' } as const;
    const whole = await runTraining(network, data, { ...options, checkpoint }, data);
    const { state } = whole.checkpoints[1]!;
    expect(state.step).toBeGreaterThan(0);
    const rest = await runTraining(network, data, { ...options, workers: 1, resume: state }, data);
    expect(withoutTime(rest)).toEqual(withoutTime(whole, state.epoch));
  });
});

it.each(['sharded', 'coordinator'] as const)(
  'does not stop by tolerance at a step whose rows all have weight 0, update %s',
  async update => {
    const data = weighed(randomDataset(LINE, 12), row => Number(row >= 4));
    const options = { update, batchSize: 4, shuffle: false, tolerance: 0, epochs: 2 };
    const { result } = await runTraining(LINE, data, options);
    expect(result).toMatchObject({ stopped: 'epochs', steps: 6 });
  },
);

it('judges an epoch with the weights of its rows', async () => {
  const data = weighed(randomDataset(THREE, 50));
  const { epochs } = await runTraining(THREE, data, { epochs: 1, batchSize: 16, shuffle: false });
  const total = (from: number, to: number) =>
    data.weights!.slice(from, to).reduce((sum, weight) => sum + weight, 0);
  const [report] = epochs;
  const sums = [...report!.stepLosses].map((loss, i) => loss * total(16 * i, 16 * i + 16));
  expect(report!.training.loss).toBeCloseTo(sums.reduce((a, b) => a + b) / total(0, 50), 10);
});

it('balances classes by rows / (classes · rows of the class)', () => {
  const data = randomDataset(THREE, 50);
  const { classWeights } = settleEmphasis(data, { classWeights: 'balanced' });
  classWeights!.forEach((weight, k) => {
    const count = Array.from(data.y).filter(label => label === k).length;
    expect(weight * count).toBeCloseTo(50 / 3, 10);
  });
});

it('reads class weights by name, with 1 for those left out', () => {
  const data = randomDataset(THREE, 50);
  const encoding = { ...data.encoding, classes: ['ox', 'ass', 'hen'] };
  const asked = { classWeights: { hen: 4, ox: 0.5 } };
  expect(settleEmphasis({ ...data, encoding }, asked).classWeights).toEqual([0.5, 1, 4]);
  expect(() => settleEmphasis({ ...data, encoding }, { classWeights: { cow: 1 } })).toThrow(
    'classWeights: expected names of classes (ox, ass, hen), got "cow".',
  );
});

it('refuses a row if the product of its weight and that of its class exceeds float32', () => {
  const data = randomDataset(THREE, 50);
  const weights = new Float32Array(50).fill(1);
  weights[7] = 1e30;
  expect(() => weighRows({ ...data, weights }, [1e30, 1e30, 1e30])).toThrow(
    'test data, row 8: expected a weight',
  );
  const rowNumbers = Uint32Array.from({ length: 50 }, (_, i) => 100 + i);
  expect(() => weighRows({ ...data, weights, rowNumbers }, [1e30, 1e30, 1e30])).toThrow(
    'test data, row 107:',
  );
});

describe('refuses', () => {
  const refused: [string, Network, Partial<TrainOptions>, string][] = [
    ['too few class weights', THREE, { classWeights: [1, 2] }, 'classWeights: expected 3, one for each'],
    ['negative class weights', THREE, { classWeights: [1, -2, 1] }, 'classWeights: expected a number from 0'],
    [
      'class weights that are all 0',
      THREE,
      { classWeights: [0, 0, 0] },
      'expected a row with a weight above 0',
    ],
    ['class weights in a regression', LINE, { classWeights: 'balanced' }, 'classWeights: expected classes'],
    ['smoothing in a regression', LINE, { labelSmoothing: 0.1 }, 'labelSmoothing: expected classes'],
    ['a noise scale', THREE, { noiseScale: true, classWeights: [1, 2, 3] }, 'noiseScale: expected rows'],
    [
      'smoothing of 1',
      THREE,
      { labelSmoothing: 1 },
      'labelSmoothing: expected a number from 0, below 1 in float32 too, got 1',
    ],
  ];
  it.each(refused)('%s', async (_, network, options, message) => {
    const running = runTraining(network, randomDataset(network, 20), options);
    await expect(running).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
  });

  it.each([
    ['negative weights', (row: number) => (row === 4 ? -1 : 1), 'row 5: expected a weight from 0, got -1'],
    ['weights that are not finite', () => Number.NaN, 'row 1: expected a weight from 0, got NaN'],
    ['rows that all have weight 0', () => 0, 'expected a row with a weight above 0, got none'],
  ])('%s', async (_, weightOf, message) => {
    const data = weighed(randomDataset(THREE, 20), weightOf);
    await expect(runTraining(THREE, data, {})).rejects.toThrow(message);
  });
});
