/** Several labels a row: what E and accuracy are of them, and that they keep every promise. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { evaluate } from '../../src/train/evaluate.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

const LABELS: Network = {
  layers: [6, 9, 3],
  hidden: ['tanh'],
  output: 'sigmoid',
  loss: 'binary-cross-entropy',
};
const MACHINE = { workers: 2, shards: 3, backend: 'wasm', blas: null, reduction: 'mean' } as const;

/** Rows whose labels differ: the first is that of the sum, each further one that of a feature. */
function labelled(rows: number, seed = 1) {
  const data = randomDataset(LABELS, rows, seed);
  const y = data.y.map((label, i) =>
    i % 3 === 0 ? label : Number(data.x[6 * Math.floor(i / 3) + (i % 3)]! > 0),
  );
  const weights = new Float32Array(rows).map((_, row) => row % 4);
  return { plain: { ...data, y }, weighed: { ...data, y, weights } };
}

const { plain, weighed } = labelled(53);
const held = labelled(31, 5).plain;

describe('E and accuracy', () => {
  it('are the mean over rows of the sum over labels, and the part of all labels that are right', async () => {
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

  it('have for one label the bits of two classes', async () => {
    const one: Network = { ...LABELS, layers: [6, 9, 1] };
    const data = randomDataset(one, 53);
    const both = [data, { ...data, task: 'multilabel' as const }];
    const [binary, label] = await Promise.all(both.map(rows => runTraining(one, rows, {}, rows)));
    expect(withoutTime(label!)).toEqual(withoutTime(binary!));
  });
});

describe.each([
  ['rows', plain, {}],
  ['rows of weights, smoothed', weighed, { labelSmoothing: 0.1 }],
])('labels of %s', (_, data, emphasis) => {
  const metrics = ['f1', 'subset-accuracy', 'auc', 'log-loss'];
  const options = { shards: 5, epochs: 3, metrics, ...emphasis };

  it.each([1, 20, 'full'] as const)('in batches of %s are the same bits for all workers', async batchSize => {
    const one = await runTraining(LABELS, data, { ...options, batchSize, workers: 1 }, held);
    for (const variant of [{ workers: 2 }, { workers: 3, update: 'coordinator' as const }, { workers: 4 }]) {
      const other = await runTraining(LABELS, data, { ...options, batchSize, ...variant }, held);
      expect(bitsOf(other.result.weights)).toBe(bitsOf(one.result.weights));
      expect(withoutTime(other)).toEqual(withoutTime(one));
    }
  });

  it('go on after an interruption to the same bits and figures, watched by one of them', async () => {
    const watched = { ...options, batchSize: 7, monitor: 'f1', patience: 5 };
    const checkpoint = { every: 5, unit: 'steps' } as const;
    const whole = await runTraining(LABELS, data, { ...watched, checkpoint }, held);
    const { state } = whole.checkpoints[1]!;
    const rest = await runTraining(LABELS, data, { ...watched, workers: 3, resume: state }, held);
    expect(withoutTime(rest, state.epoch)).toEqual(withoutTime(whole, state.epoch));
  });
});

it('have no weights of classes', async () => {
  const running = runTraining(LABELS, plain, trainOptions({ classWeights: 'balanced' }));
  await expect(running).rejects.toMatchObject({
    code: 'usage',
    message: '--class-weights: expected rows of one class each, got 3 labels a row (test data).',
    hint: 'Leave it out; --weight-column weighs row by row.',
  });
});
