/** Several labels per row: E and accuracy, and the same bits in all cases. */

import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { readInputs } from '../../src/data/rows.js';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { gradient } from '../../src/reference/mlp.js';
import { settleEmphasis } from '../../src/session/emphasis.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import { computeGradient } from '../../src/train/jobs/gradient.js';
import type { TrainOptions } from '../../src/train/options.js';
import { expectAllClose } from '../close.js';
import { randomDataset } from '../datasets.js';
import { FLOAT32_GRADIENT } from '../tolerances.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

const LABELS: Network = {
  layers: [6, 9, 3],
  hidden: ['tanh'],
  output: 'sigmoid',
  loss: 'binary-cross-entropy',
};
const MACHINE = { workers: 2, shards: 3, backend: 'wasm', blas: null, reduction: 'mean' } as const;

/** Rows whose labels differ: the first depends on the sum of the features, each further one on a feature. */
function labelled(rows: number, seed = 1) {
  const data = randomDataset(LABELS, rows, seed);
  const x = readInputs(data);
  const y = data.y.map((label, i) => (i % 3 === 0 ? label : Number(x[6 * Math.floor(i / 3) + (i % 3)]! > 0)));
  const weights = new Float32Array(rows).map((_, row) => row % 4);
  return { plain: { ...data, y }, weighed: { ...data, y, weights } };
}

const { plain, weighed } = labelled(53);
const held = labelled(31, 5).plain;

describe('E and accuracy', () => {
  it('are the mean over rows of the sum over labels, and the share of all labels that are correct', async () => {
    const weights = new Float32Array(6 * 9 + 9 + 9 * 3 + 3).map((_, i) => Math.sin(i));
    for (const data of [plain, weighed]) {
      const judged = await evaluate(LABELS, weights, data, MACHINE);
      let total = 0;
      let right = 0;
      judged.predictions.forEach((p, i) => {
        const weight = data.weights?.[Math.floor(i / 3)] ?? 1;
        const isThere = data.y[i] === 1;
        total -= weight * Math.log(isThere ? p : 1 - p);
        if (p > 0.5 === isThere) right += weight;
      });
      const weight = data.weights?.reduce((a, b) => a + b, 0) ?? data.rows;
      expect(judged.loss).toBeCloseTo(total / weight, 4);
      expect(judged.accuracy).toBeCloseTo(right / (3 * weight), 12);
    }
  });

  it('have the bits of two classes if there is one label', async () => {
    const one: Network = { ...LABELS, layers: [6, 9, 1] };
    const data = randomDataset(one, 53);
    const both = [data, { ...data, task: 'multilabel' as const }];
    const [binary, label] = await Promise.all(both.map(rows => runTraining(one, rows, {}, rows)));
    expect(withoutTime(label!)).toEqual(withoutTime(binary!));
  });
});

describe.each([
  ['plain rows', plain, {}],
  ['weighted rows, smoothed', weighed, { labelSmoothing: 0.1 }],
  ['plain rows, with label weights', plain, { classWeights: [3, 0.5, 1.25] }],
  ['weighted rows, with label weights, smoothed', weighed, { classWeights: 'balanced', labelSmoothing: 0.1 }],
] satisfies [string, Dataset, Partial<TrainOptions>][])('labels of %s', (_, data, emphasis) => {
  const metrics = ['f1', 'subset-accuracy', 'auc', 'log-loss'];
  const options = { shards: 5, epochs: 3, metrics, ...emphasis };

  it.each([1, 20, 'full'] as const)(
    'in batches of %s give the same bits with any number of workers',
    async batchSize => {
      const one = await runTraining(LABELS, data, { ...options, batchSize, workers: 1 }, held);
      for (const variant of [
        { workers: 2 },
        { workers: 3, update: 'coordinator' as const },
        { workers: 4 },
      ]) {
        const other = await runTraining(LABELS, data, { ...options, batchSize, ...variant }, held);
        expect(bitsOf(other.result.weights)).toBe(bitsOf(one.result.weights));
        expect(withoutTime(other)).toEqual(withoutTime(one));
      }
    },
  );

  it('give the same bits and figures after an interruption, with one of them monitored', async () => {
    const watched = { ...options, batchSize: 7, monitor: 'f1', patience: 5 };
    const checkpoint = { every: 5, unit: 'steps' } as const;
    const whole = await runTraining(LABELS, data, { ...watched, checkpoint }, held);
    const { state } = whole.checkpoints[1]!;
    const rest = await runTraining(LABELS, data, { ...watched, workers: 3, resume: state }, held);
    expect(withoutTime(rest, state.epoch)).toEqual(withoutTime(whole, state.epoch));
  });
});

describe('label weights', () => {
  const weights = new Float32Array(6 * 9 + 9 + 9 * 3 + 3).map((_, i) => Math.sin(i));
  const encoding = { ...plain.encoding, targets: ['ox', 'ass', 'hen'] };
  const named = { ...plain, encoding };

  it.each([
    ['plain rows', plain, 0],
    ['weighted rows, smoothed', weighed, 0.1],
  ])('give the reference’s gradient: %s', async (_, data, smoothing) => {
    const classWeights = [3, 0, 0.75];
    const options = { ...MACHINE, classWeights, labelSmoothing: smoothing };
    const { loss, gradE } = await computeGradient(LABELS, weights, data, options);
    const rows = data.weights && { rowWeights: data.weights };
    const asked = { reduction: 'mean', l2: 0, labelWeights: classWeights, smoothing, ...rows } as const;
    const expected = gradient(LABELS, weights, readInputs(data), data.y, asked);
    expectAllClose([loss], [expected.loss], FLOAT32_GRADIENT, 'E');
    expectAllClose(gradE, expected.gradE, FLOAT32_GRADIENT, 'gradE');
  });

  it('change no bit if they are 1', async () => {
    const options = { epochs: 3, shards: 5 };
    const one = await runTraining(LABELS, plain, { ...options, classWeights: [1, 1, 1] }, held);
    expect(withoutTime(one)).toEqual(withoutTime(await runTraining(LABELS, plain, options, held)));
  });

  it('do not affect validation figures', async () => {
    const options = { classWeights: [3, 0.5, 1.25], metrics: ['f1'] };
    const { epochs, result } = await runTraining(LABELS, plain, options, held);
    const judged = await evaluate(LABELS, result.weights, held, { ...MACHINE, metrics: ['f1'] });
    const last = epochs.at(-1)!.validation!;
    expect([last.loss, last.metrics]).toEqual([judged.loss, judged.metrics]);
  });

  it('differ from weights of two classes: the mean still divides by the number of rows', async () => {
    const one: Network = { ...LABELS, layers: [6, 9, 1] };
    const w = weights.slice(0, 6 * 9 + 9 + 9 + 1);
    const binary = randomDataset(one, 53);
    const label = { ...binary, task: 'multilabel' as const };
    const ofLabel = await computeGradient(one, w, label, { ...MACHINE, classWeights: [3] });
    const ofClasses = await computeGradient(one, w, binary, { ...MACHINE, classWeights: [1, 3] });
    const weight = Array.from(binary.y).reduce((sum, label) => sum + (label === 1 ? 3 : 1), 0);
    expectAllClose(
      ofLabel.gradE.map(g => (g * 53) / weight),
      ofClasses.gradE,
      FLOAT32_GRADIENT,
    );
  });

  it.each(['lbfgs', 'rprop', 'lamb'] as const)(
    'give the same bits with any number of workers with %s',
    async name => {
      const options = {
        optimizer: makeOptimizer(name),
        batchSize: 'full',
        classWeights: 'balanced',
      } as const;
      const runs = [1, 3].map(workers => runTraining(LABELS, weighed, { ...options, shards: 4, workers }));
      const [one, other] = await Promise.all(runs);
      expect(bitsOf(other!.result.weights)).toBe(bitsOf(one!.result.weights));
    },
  );

  it('allow a noise scale, as all rows weigh the same', async () => {
    const options = { noiseScale: true, shards: 4, epochs: 3 };
    const ones = await runTraining(LABELS, plain, { ...options, classWeights: [1, 1, 1] });
    const none = await runTraining(LABELS, plain, options);
    const some = await runTraining(LABELS, plain, { ...options, classWeights: [3, 2, 4] });
    expect(ones.result.noise).toEqual(none.result.noise);
    expect(some.result.noise!.trace).toBeGreaterThan(none.result.noise!.trace);
  });

  it('balanced are negative rows / positive rows, or 1 if one of these is 0', () => {
    const { labelWeights, classWeights } = settleEmphasis(weighed, { classWeights: 'balanced' });
    expect(classWeights).toBeNull();
    labelWeights!.forEach((weight, k) => {
      const positives = weighed.y.filter((label, i) => i % 3 === k && label === 1).length;
      expect(weight).toBe((53 - positives) / positives);
    });
    const y = plain.y.map((label, i) => [0, 1, label][i % 3]!);
    const rest = settleEmphasis({ ...plain, y }, { classWeights: 'balanced' }).labelWeights!;
    expect(rest).toEqual([1, 1, labelWeights![2]]);
  });

  it('are given by name, with 1 for those left out', () => {
    const asked = { classWeights: { hen: 4, ox: 0.5 } };
    expect(settleEmphasis(named, asked).labelWeights).toEqual([0.5, 1, 4]);
  });

  it.each([
    [{ cow: 1 }, 'classWeights: expected names of labels (ox, ass, hen), got "cow".'],
    [[1, 2], 'classWeights: expected 3, one for each label (ox, ass, hen), got 2.'],
    [[1, -2, 1], 'classWeights: expected a number from 0 that float32 can hold, got -2.'],
  ])('are refused: %j', async (classWeights, message) => {
    const running = runTraining(LABELS, named, { classWeights });
    await expect(running).rejects.toMatchObject({ code: 'usage', message });
  });
});
