/** The gradient noise scale recovers the truth that gradients were simulated with. */
import { expect, it } from 'vitest';
import { noiseScale } from '../../../../src/lab/scale/laws/noise-scale.js';
import { Random } from '../../../../src/random.js';

const DIMENSIONS = 50;
const ROWS = 4096;
const SMALL = 128;

/**
 * Gradients of rows: a mean of length 1 and noise with a deviation of 0.8 in each dimension; 32 disjoint
 * batches of them.
 */
function simulate(seed: number) {
  const random = new Random(seed, 'probe');
  const batches = Array.from({ length: ROWS / SMALL }, (_, batch) =>
    Float64Array.from({ length: DIMENSIONS }, (_, d) => {
      let sum = 0;
      for (let row = 0; row < SMALL; row++) {
        sum += random.normal((batch * SMALL + row) * DIMENSIONS + d);
      }
      return 1 / Math.sqrt(DIMENSIONS) + (0.8 * sum) / SMALL;
    }),
  );
  const squared = (g: Float64Array) => g.reduce((sum, value) => sum + value * value, 0);
  const mean = batches[0]!.map((_, d) => batches.reduce((sum, g) => sum + g[d]!, 0) / batches.length);
  return { small: batches.map(squared), smallRows: SMALL, large: squared(mean), largeRows: ROWS };
}

it('is tr Σ over |G|², within its interval', () => {
  const found = Array.from({ length: 20 }, (_, seed) => noiseScale(simulate(seed)));
  const truth = 0.64 * DIMENSIONS;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(found.map(({ squaredGradient }) => squaredGradient))).toBeCloseTo(1, 1);
  expect(mean(found.map(({ trace }) => trace)) / truth).toBeCloseTo(1, 1);
  expect(mean(found.map(({ scale }) => scale!.value)) / truth).toBeCloseTo(1, 1);
  const covered = found.filter(({ scale }) => scale!.low <= truth && truth <= scale!.high);
  expect(covered.length).toBeGreaterThanOrEqual(17);
});

it('is null if the noise hides the gradient', () => {
  const drowned = noiseScale({ small: [10, 12], smallRows: 10, large: 0.5, largeRows: 100 });
  expect(drowned.squaredGradient).toBeLessThan(0);
  expect(drowned.scale).toBeNull();
});
