/** Whether what is drawn is as random as it is said to be: rates, independence, and SciPy's normal distribution. */
import { expect, it } from 'vitest';
import { factorAt, normalAt } from '../../src/kernels/draws.js';
import { keyOf, type Perturbation } from '../../src/model/perturbation.js';

const PERTURBATION: Perturbation = { distortion: null, inputNoise: 1, dropout: [0.2, 0.5], seed: 3 };
const ROWS = 400;
const COLUMNS = 250;

/** What is kept of a step's rows, as 0 and 1. */
function kept(step: number, l: number, rate: number, firstRow = 0): Uint8Array {
  const key = keyOf(PERTURBATION, 'dropout', step, l);
  return Uint8Array.from({ length: ROWS * COLUMNS }, (_, i) =>
    Number(factorAt(key, firstRow + Math.floor(i / COLUMNS), i % COLUMNS, rate) > 0),
  );
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Of 100,000 draws of deviation σ the mean is within 4 σ / √100,000. */
const NEAR = 4 / Math.sqrt(ROWS * COLUMNS);

it.each([0, 1e-9, 0.1, 0.5, 0.9, 0.999])('a part of %d is dropped, and the mean stays', rate => {
  const deviation = Math.sqrt(rate * (1 - rate));
  expect(Math.abs(meanOf(kept(1, 1, rate)) - (1 - rate))).toBeLessThanOrEqual(NEAR * deviation);
  const key = keyOf(PERTURBATION, 'dropout', 1, 1);
  const factors = new Set(Array.from({ length: 1000 }, (_, j) => factorAt(key, 0, j, rate)));
  factors.delete(0);
  expect([...factors]).toEqual(factors.size === 0 ? [] : [1 / (1 - rate)]);
});

it('two steps, layers, rows and columns have nothing to do with each other', () => {
  const one = kept(1, 1, 0.5);
  const shifted = (by: number) => Uint8Array.from(one, (_, i) => one[(i + by) % one.length]!);
  const others = [kept(2, 1, 0.5), kept(1, 2, 0.5), shifted(COLUMNS), shifted(1), shifted(7 * COLUMNS + 3)];
  for (const other of others) {
    const agreement = meanOf(one.map((value, i) => Number(value === other[i])));
    expect(Math.abs(agreement - 0.5)).toBeLessThanOrEqual(NEAR / 2);
  }
});

it('normal numbers are: mean, deviation, symmetry, tails, and the deciles that scipy.stats.norm.ppf gives', () => {
  const key = keyOf(PERTURBATION, 'noise', 1, 0);
  const draws = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) =>
    normalAt(key, Math.floor(i / COLUMNS), i % COLUMNS),
  );
  expect(Math.abs(meanOf(draws))).toBeLessThanOrEqual(NEAR);
  expect(Math.abs(meanOf(draws.map(n => n ** 2)) - 1)).toBeLessThanOrEqual(NEAR * Math.sqrt(2));
  expect(Math.abs(meanOf(draws.map(n => n ** 3)))).toBeLessThanOrEqual(NEAR * Math.sqrt(15));
  expect(Math.abs(meanOf(draws.map(n => n ** 4)) - 3)).toBeLessThanOrEqual(NEAR * Math.sqrt(96));
  const deciles = [-1.281552, -0.841621, -0.524401, -0.253347, 0, 0.253347, 0.524401, 0.841621, 1.281552];
  deciles.forEach((value, i) => {
    const below = meanOf(draws.map(n => Number(n < value)));
    expect(Math.abs(below - (i + 1) / 10)).toBeLessThanOrEqual(NEAR / 2);
  });
  const next = meanOf(draws.map((n, i) => n * draws[(i + 1) % draws.length]!));
  expect(Math.abs(next)).toBeLessThanOrEqual(NEAR);
});
