import { expect, it } from 'vitest';
import { median, medianDeviation } from '../../../src/lab/bench/statistics.js';

it.each([
  [[3], 3, 0],
  [[4, 1], 2.5, 1.5],
  [[5, 1, 3], 3, 2],
  [[10, 1, 2, 3, 1000], 3, 2],
])('%j: median %d, MAD %d', (values, middle, deviation) => {
  expect(median(values)).toBe(middle);
  expect(medianDeviation(values)).toBe(deviation);
});

it('has no median if there are no values', () => {
  expect(() => median([])).toThrow(RangeError);
});
