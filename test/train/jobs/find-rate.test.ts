/** The learning-rate range test: its curve, the same bits with any workers, and rates that train well. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../../src/model/network.js';
import { makeOptimizer } from '../../../src/model/optimizer.js';
import { findRate } from '../../../src/train/jobs/find-rate.js';
import { smoothLosses, suggestRates } from '../../../src/train/jobs/rate-curve.js';
import type { TrainOptions } from '../../../src/train/options.js';
import { randomDataset, trainOptions } from '../../datasets.js';
import { runTraining } from '../run.js';

const RANGE = { low: 1e-5, high: 100, steps: 140 };

describe('a curve', () => {
  /** Flat, falling around 0.01, lowest at 0.1, rising. */
  const rates = Array.from({ length: 101 }, (_, i) => 10 ** (-5 + i * 0.06));
  const lossAt = (rate: number) => 1 / (1 + (rate / 0.01) ** 2) + rate ** 4 * 10;

  it('suggests the rate where it is steepest over ln α, and a tenth of the rate where it is lowest', () => {
    const points = rates.map(rate => ({ learningRate: rate, loss: 0, smoothed: lossAt(rate) }));
    const { suggested, steepest, lowest, tenth } = suggestRates(points);
    // d/du 1 / (1 + e^2u) is steepest at u = 0, u = ln(α / 0.01).
    expect(steepest! / 0.01).toBeGreaterThan(0.85);
    expect(steepest! / 0.01).toBeLessThan(1.15);
    const best = rates.reduce((low, rate) => (lossAt(rate) < lossAt(low) ? rate : low));
    expect(lowest).toBe(best);
    expect(tenth).toBe(best / 10);
    expect(suggested).toBe(Math.max(steepest!, best / 10));
  });

  it('is not misled by noise of the batches before it falls', () => {
    // The dip is steeper than the fall, but less than a tenth of it.
    const slow = (rate: number) => 1 / (1 + rate / 0.01);
    const noisy = rates.map((learningRate, i) => {
      return { learningRate, loss: 0, smoothed: slow(learningRate) - (i === 12 ? 0.09 : 0) };
    });
    const { steepest } = suggestRates(noisy);
    expect(steepest! / 0.01).toBeGreaterThan(0.85);
    expect(steepest! / 0.01).toBeLessThan(1.15);
  });

  it('does not take a fall after a rise for learning', () => {
    // Falls slowly to its lowest at 0.1, rises far, and falls fast at 10.
    const points = rates.map(rate => {
      const smoothed = rate < 0.1 ? 1 - 0.1 * Math.log10(1 + rate * 100) : rate < 5 ? 4 : 1.5;
      return { learningRate: rate, loss: 0, smoothed };
    });
    expect(suggestRates(points).steepest).toBeLessThan(0.11);
  });

  it('suggests nothing if it only rises, or is too short', () => {
    const rising = rates.map((learningRate, i) => ({ learningRate, loss: i, smoothed: i }));
    expect(suggestRates(rising)).toEqual({ suggested: null, steepest: null, lowest: null, tenth: null });
    expect(suggestRates(rising.slice(0, 2)).tenth).toBeNull();
  });

  it('is smoothed without a shift: a line stays a line inside', () => {
    const line = rates.map((_, i) => 3 - 0.01 * i);
    const smoothed = smoothLosses(
      line,
      line.map(() => 3),
    );
    for (let i = 12; i < 88; i++) expect(smoothed[i]).toBeCloseTo(line[i]!, 10);
    expect(smoothLosses([], [])).toEqual([]);
  });

  it('is not misled by batches that are harder than others', () => {
    // Losses of the initial weights from 0.01 to 100; of each, learning leaves the same part.
    const still = rates.map((_, i) => 10 ** (((i * 37) % 41) / 10 - 2));
    const losses = rates.map((rate, i) => still[i]! * lossAt(rate));
    const level = still.reduce((sum, loss) => sum + loss) / still.length;
    const smoothed = smoothLosses(losses, still);
    const even = smoothLosses(
      rates.map(lossAt),
      rates.map(() => 1),
    );
    smoothed.forEach((value, i) => {
      expect(value / (level * even[i]!)).toBeCloseTo(1, 9);
    });
  });
});

const network: Network = { layers: [6, 16, 3], hidden: ['tanh'], output: 'softmax', loss: 'cross-entropy' };
const data = randomDataset(network, 300);
const find = (options: Partial<TrainOptions>, range = RANGE) =>
  findRate(network, data, trainOptions({ shards: 6, batchSize: 32, ...options }), range);

describe('the test', () => {
  const rules = [makeOptimizer('sgd'), makeOptimizer('adam'), makeOptimizer('lamb', { clipNorm: 1 })];
  it.each(rules.map(rule => [rule.name, rule] as const))(
    'has the same bits with any number of workers: %s',
    async (_, optimizer) => {
      const { workers: _w, ...one } = await find({ optimizer, workers: 1 });
      const { workers: _v, ...three } = await find({ optimizer, workers: 3, update: 'coordinator' });
      expect(three).toEqual(one);
      expect(one.points.length).toBeGreaterThan(60);
    },
  );

  const weights = Float32Array.from({ length: data.rows }, (_, row) => 0.25 + (row % 4));
  const asked: [string, Partial<TrainOptions>, typeof data][] = [
    ['plain rows', {}, data],
    ['weighted rows', {}, { ...data, weights }],
    ['weighted classes, smoothed labels', { classWeights: [1, 2, 5], labelSmoothing: 0.2 }, data],
  ];
  it.each(asked)('begins as a training with its lowest rate does: %s', async (_, emphasis, rows) => {
    const options = { batchSize: 32, shards: 6, ...emphasis };
    const range = { low: 0.1, high: 0.1000001, steps: 25 };
    const { points } = await findRate(network, rows, trainOptions(options), range);
    const { epochs } = await runTraining(network, rows, { ...options, learningRate: 0.1, epochs: 3 });
    const losses = epochs.flatMap(({ stepLosses }) => [...stepLosses]).slice(0, 25);
    points.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(losses[i]!, 5);
    });
    expect(points[0]!.learningRate).toBe(0.1);
  });

  it('raises the rate by a constant factor, up to the last one or the explosion of the loss', async () => {
    const whole = await find({}, { low: 1e-4, high: 1e-2, steps: 30 });
    expect([whole.exploded, whole.points.length]).toEqual([false, 30]);
    expect(whole.points.at(-1)!.learningRate).toBeCloseTo(1e-2, 12);
    const cut = await find({}, { low: 1e-4, high: 1e6, steps: 100 });
    expect(cut.exploded).toBe(true);
    expect(cut.points.length).toBeLessThan(100);
    expect(cut.points.every(({ loss, smoothed }) => Number.isFinite(loss) && Number.isFinite(smoothed))).toBe(
      true,
    );
  });

  it('suggests a rate that trains better than a tenth and a hundredth of it', async () => {
    const { suggested } = (await find({})).suggestions;
    const lossAfter = async (learningRate: number) => {
      const { result } = await runTraining(network, data, {
        batchSize: 32,
        shards: 6,
        learningRate,
        epochs: 8,
      });
      return result.training.loss;
    };
    const loss = await lossAfter(suggested!);
    expect(loss).toBeLessThan(await lossAfter(suggested! / 10));
    expect(loss).toBeLessThan(await lossAfter(suggested! / 100));
  });

  it('refuses a range that does not rise', async () => {
    await expect(find({}, { low: 1, high: 0.1, steps: 20 })).rejects.toMatchObject({
      code: 'usage',
      message: 'low: expected less than high, 0.1, got 1.',
    });
  });
});
