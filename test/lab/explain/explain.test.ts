/** Importance, dependence and calibration beside scikit-learn's (scripts/oracles/explain.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset, Encoding, Task } from '../../../src/data/dataset.js';
import { arrayRows } from '../../../src/data/rows.js';
import { clipSmoothly } from '../../../src/data/table/clip.js';
import { atTemperature, calibrate, findTemperature } from '../../../src/lab/explain/calibration.js';
import { type Explanation, explain } from '../../../src/lab/explain/explain.js';
import { numberAt } from '../../../src/lab/explain/number-at.js';
import type { Network } from '../../../src/model/network.js';
import type { Model } from '../../../src/store/model-file.js';
import { evaluate } from '../../../src/train/jobs/evaluate.js';

interface Case {
  task: Task;
  layers: number[];
  weights: number[];
  x: number[];
  y: number[];
  shuffles: number;
  score: number;
  importance: { mean: number; deviation: number }[];
  dependence: { values: number[]; means: number[] };
  calibration?: { observed: number[]; predicted: number[]; logLoss: number };
}

const CASES: Case[] = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/explain.json', import.meta.url), 'utf8'),
);
const COLUMNS = ['a', 'b', 'c', 'd'];

function made({ task, layers, weights, x, y }: Case): { model: Model; data: Dataset } {
  const isClasses = task === 'binary';
  const encoding: Encoding = {
    kind: 'table',
    columns: COLUMNS.map(name => ({ name, kind: 'number', mean: 0, deviation: 1, fill: null })),
    targets: ['y'],
    classes: isClasses ? ['0', '1'] : [],
    targetScales: isClasses ? [] : [{ mean: 0, deviation: 1 }],
  };
  const network: Network = {
    layers,
    hidden: ['tanh'],
    output: isClasses ? 'sigmoid' : 'identity',
    loss: isClasses ? 'binary-cross-entropy' : 'sse',
  };
  const features = layers[0]!;
  const data: Dataset = {
    ...{ source: 'fixture', task, rows: y.length, features, outputs: 1, scale: 1, encoding },
    x: arrayRows(Float32Array.from(x), features),
    y: Float32Array.from(y),
  };
  return { model: { network, encoding, task, weights: Float32Array.from(weights) }, data };
}

const OPTIONS = { metric: null, seed: 1, temperature: false, workers: 1 };

describe.each(CASES.map(one => [one.task, one] as const))('of %s', (_, one) => {
  const { model, data } = made(one);

  it('finds the importances of scikit-learn within their errors', async () => {
    const { importance } = await explain(model, data, { ...OPTIONS, permutations: one.shuffles });
    expect(importance!.baseline).toBeCloseTo(one.score, 5);
    for (const [j, { mean, deviation }] of one.importance.entries()) {
      const found = importance!.columns.find(({ column }) => column === COLUMNS[j])!;
      // Both are means of so many shuffles.
      const error = deviation * Math.sqrt(2 / one.shuffles);
      expect(Math.abs(found.mean - mean)).toBeLessThan(4 * error + 1e-6);
      expect(found.low).toBeLessThanOrEqual(found.mean);
      expect(found.high).toBeGreaterThanOrEqual(found.mean);
    }
    const means = importance!.columns.map(({ mean }) => mean);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
  });

  it('finds the partial dependence of scikit-learn', async () => {
    const { dependence } = await explain(model, data, { ...OPTIONS, permutations: 1 });
    const { values, outputs } = dependence!.find(({ column }) => column === 'b')!;
    // Its grid is even, ours has quantiles: interpolated between its neighbours, which are close.
    for (const [i, value] of values.entries()) {
      const k = one.dependence.values.findIndex(other => other >= (value as number));
      if (k < 1) continue;
      const [x0, x1] = [one.dependence.values[k - 1]!, one.dependence.values[k]!];
      const [y0, y1] = [one.dependence.means[k - 1]!, one.dependence.means[k]!];
      const between = y0 + ((y1 - y0) * ((value as number) - x0)) / (x1 - x0);
      expect(Math.abs(outputs[0]!.means[i]! - between)).toBeLessThan(
        0.1 * (Math.max(...one.dependence.means) - Math.min(...one.dependence.means)),
      );
    }
  });

  it('gives the same figures with two workers', async () => {
    const options = { ...OPTIONS, permutations: 2 };
    expect(await explain(model, data, { ...options, workers: 2 })).toEqual(
      await explain(model, data, options),
    );
  });
});

describe('calibration', () => {
  const one = CASES[1]!;
  const { model, data } = made(one);

  it('is that of scikit-learn', async () => {
    const { calibration } = await explain(model, data, { ...OPTIONS, permutations: 1 });
    const { bins, ece, logLoss } = calibration!;
    const { observed, predicted } = one.calibration!;
    expect(bins).toHaveLength(observed.length);
    for (const [k, bin] of bins.entries()) {
      expect(bin.observed).toBeCloseTo(observed[k]!, 6);
      expect(bin.predicted).toBeCloseTo(predicted[k]!, 6);
    }
    expect(logLoss).toBeCloseTo(one.calibration!.logLoss, 6);
    const gaps = bins.map(bin => (bin.rows * Math.abs(bin.predicted - bin.observed)) / one.y.length);
    expect(ece).toBeCloseTo(
      gaps.reduce((sum, gap) => sum + gap),
      12,
    );
  });

  it('finds the temperature with the least log-loss', async () => {
    const { predictions } = await evaluate(model.network, model.weights, data, { workers: 1 });
    const probabilities = Float64Array.from([...predictions].flatMap(p => [1 - p, p]));
    const judged = { probabilities, classes: 2, truth: data.y };
    const best = findTemperature(judged);
    // The classes were drawn with half the logits.
    expect(best).toBeGreaterThan(1.4);
    expect(best).toBeLessThan(2.8);
    const lossAt = (t: number) => calibrate(atTemperature(judged, t)).logLoss;
    expect(lossAt(best)).toBeLessThan(Math.min(lossAt(best * 1.01), lossAt(best / 1.01), lossAt(1)));
    expect(lossAt(1)).toBeCloseTo(calibrate(judged).logLoss, 12);
  });
});

describe('rows of weight 2', () => {
  it.each(CASES.map(one => [one.task, one] as const))('count as two rows of %s', async (_, one) => {
    const { model, data } = made(one);
    const features = one.layers[0]!;
    const rows = Array.from({ length: 40 }, (_, i) => i);
    const twice = rows.flatMap(i => (i % 3 === 0 ? [i, i] : [i]));
    const part = (of: number[]): Dataset => ({
      ...data,
      rows: of.length,
      x: arrayRows(
        Float32Array.from(of.flatMap(i => one.x.slice(i * features, (i + 1) * features))),
        features,
      ),
      y: Float32Array.from(of, i => one.y[i]!),
    });
    const options = { ...OPTIONS, permutations: 1, temperature: one.task === 'binary' };
    const weighed = await explain(
      model,
      { ...part(rows), weights: Float32Array.from(rows, i => (i % 3 === 0 ? 2 : 1)) },
      options,
    );
    const repeated = await explain(model, part(twice), options);
    const figures = ({ calibration, scaled }: Explanation) =>
      [calibration, scaled].flatMap(found => (found ? [found.ece, found.logLoss] : []));
    for (const [k, figure] of figures(repeated).entries()) expect(figures(weighed)[k]).toBeCloseTo(figure, 9);
    expect(weighed.calibration?.bins.map(bin => bin.rows)).toEqual(
      repeated.calibration?.bins.map(bin => bin.rows),
    );
    // Quantiles are those of the rows, so that only equal values can be compared.
    const meansOf = ({ dependence }: Explanation) =>
      dependence!.flatMap(({ column, values, outputs }) =>
        values.map((value, i) => [`${column} ${value}`, outputs[0]!.means[i]!] as const),
      );
    const other = new Map(meansOf(repeated));
    const both = meansOf(weighed).filter(([value]) => other.has(value));
    expect(both.length).toBeGreaterThan(3);
    for (const [value, mean] of both) expect(mean).toBeCloseTo(other.get(value)!, 6);
  });
});

const MISSES = { name: 'a', kind: 'number', mean: 10, deviation: 2, fill: 10, indicator: true } as const;
const PLAIN = { kind: 'number', mean: 0, deviation: 1, fill: null } as const;

it.each<[string, Encoding['columns'], number]>([
  ['beside it', [MISSES, { name: 'b', ...PLAIN }, { name: 'c', ...PLAIN }], 1],
  ['after its bins', [{ ...MISSES, edges: [0, 20, 40] }], 3],
])(
  'takes no value of a number from a row where it is missing by the indicator %s',
  async (_, columns, place) => {
    const { model, data } = made(CASES[0]!);
    // Nine of ten cells of a are missing; the others are 12, 14 and so on.
    const features = Array.from({ length: 100 }, (_, row) => {
      const cells = [row % 10 === 0 ? 1 + row / 10 : 0, row / 50, row % 3, 0.5];
      cells[place] = row % 10 === 0 ? 0 : 1;
      return cells;
    });
    const encoding = { ...model.encoding, columns };
    const x = arrayRows(Float32Array.from(features.flat()), 4);
    const rows: Dataset = { ...data, rows: 100, encoding, x, y: data.y.subarray(0, 100) };
    const { dependence } = await explain({ ...model, encoding }, rows, { ...OPTIONS, permutations: 1 });
    const { values } = dependence!.find(({ column }) => column === 'a')!;
    expect(values).toEqual([12, 14, 16, 18, 20, 22, 24, 26, 28, 30].filter(value => values.includes(value)));
    expect(values.length).toBeGreaterThan(7);
  },
);

describe('the number of a feature', () => {
  const robust = { name: 'a', kind: 'number' as const, mean: 0.5, deviation: 1, clip: 3, fill: null };
  const featureOf = (number: number) => Math.fround(clipSmoothly(number - 0.5, 3));

  it.each([0, 0.1, -7.25, 41, 100, -100, 500])('is that of the cell: %d', number => {
    expect(numberAt(featureOf(number), robust)).toBe(number);
    const plain = { name: 'a', kind: 'number' as const, mean: 13.7, deviation: 2.9, fill: null };
    expect(numberAt(Math.fround((number - 13.7) / 2.9), plain)).toBe(number);
  });

  it.each([3e3, -1e5, 1e12])('is not known if many have the same: %d', number => {
    expect(numberAt(featureOf(number), robust)).toBe(null);
  });
});
