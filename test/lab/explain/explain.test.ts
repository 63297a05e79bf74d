/** Importance, dependence and calibration beside scikit-learn's (scripts/oracles/explain.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset, Encoding, Task } from '../../../src/data/dataset.js';
import { arrayRows } from '../../../src/data/rows.js';
import { atTemperature, calibrate, findTemperature } from '../../../src/lab/explain/calibration.js';
import { explain } from '../../../src/lab/explain/explain.js';
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
