/** The search for learning rates, and the results computed from its trainings. */
import { describe, expect, it } from 'vitest';
import { assembleBatchCurves } from '../../../src/lab/scale/batch-curves.js';
import type { Trial } from '../../../src/lab/scale/batch-schema.js';
import { planTrials, shiftedPoint } from '../../../src/lab/scale/search.js';
import type { SearchConfiguration } from '../../../src/lab/scale/study-header.js';
import { configure } from './simulate.js';

const search: SearchConfiguration = {
  target: { metric: 'accuracy', value: 0.9 },
  searches: 8,
  learningRates: { low: 0.01, high: 1 },
  maxEpochs: 10,
  maxSteps: null,
};
const configuration = configure({ mode: 'batch', batchSizes: [64, 128], workers: [2], search });

describe('learning rates', () => {
  it.each([0, 1, 0xdeadbeef])('fall into each of eight equal parts once, whatever the shift: %d', shift => {
    const parts = Array.from({ length: 8 }, (_, i) => Math.floor(8 * shiftedPoint(i, shift)));
    expect(parts.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('are spread over the range on a log scale, differently for each batch size', () => {
    const plan = planTrials(configuration);
    const rates = (batchSize: number) =>
      plan.filter(({ setup }) => setup.batchSize === batchSize).map(({ setup }) => setup.learningRate);
    for (const batchSize of [64, 128]) {
      const parts = rates(batchSize).map(rate => Math.floor(4 * Math.log10(rate / 0.01)));
      expect(parts.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
    expect(rates(64)).not.toEqual(rates(128));
    expect(plan.map(({ order }) => order)).toEqual(plan.map((_, i) => i));
  });
});

describe('steps to the target', () => {
  const trial = (batchSize: number, learningRate: number, steps: number | null): Trial => ({
    layers: [8, 6, 3],
    backend: 'wasm',
    workers: 2,
    search: 0,
    order: 0,
    batchSize,
    learningRate,
    startedAt: '',
    processSeconds: 1,
    outcome: steps === null ? 'budget' : 'reached',
    steps: steps ?? 1000,
    epochs: 1,
    seconds: 1,
    samplesPerSecond: 1,
    history: [],
    peakBytes: 1,
  });
  const pointsOf = (trials: Trial[]) => assembleBatchCurves(configuration, trials, [])[0]!.points;

  it('are the fewest over all learning rates, compared with perfect scaling from the smallest batch', () => {
    const [small, large] = pointsOf([
      trial(64, 0.02, 400),
      trial(64, 0.1, 200),
      trial(64, 0.5, null),
      trial(128, 0.1, 150),
      trial(128, 0.2, 120),
      trial(128, 0.9, 300),
    ]);
    expect(small).toMatchObject({ reached: 2, trials: 3, best: { learningRate: 0.1 }, edge: null });
    expect(large).toMatchObject({ best: { steps: 120 }, perfectSteps: 100, edge: null });
  });

  it.each([
    [[0.1, 0.2, 0.3], 'low'],
    [[0.3, 0.2, 0.1], 'high'],
    [[0.2, 0.1, 0.3], null],
  ])('detects for learning rates %j, best first, the edge: %s', (rates, edge) => {
    const trials = rates.map((rate, i) => trial(64, rate, 100 + i));
    expect(pointsOf(trials)[0]!.edge).toBe(edge);
  });

  it('are missing if no training reached the target', () => {
    const [small, large] = pointsOf([trial(64, 0.1, null), trial(128, 0.1, 50)]);
    expect(small).toMatchObject({ best: null, perfectSteps: null, edge: null });
    expect(large!.perfectSteps).toBe(50);
  });
});
