import { describe, expect, it } from 'vitest';
import { pick, thin } from '../../../src/report/plots/thin.js';
import { formatTick, logTicks, valueTicks } from '../../../src/report/plots/ticks.js';

it.each([
  [0, '0'],
  [0.05, '0.05'],
  [-2.5, '-2.5'],
  [1500, '1500'],
  [12_000, '12k'],
  [2_500_000, '2.5M'],
  [3e9, '3G'],
  [0.0002, '2e−4'],
])('formats the tick %d as %s', (value, expected) => {
  expect(formatTick(value)).toBe(expected);
});

it.each([
  [1, 10_000, [1, 10, 100, 1000, 10_000]],
  [3, 70, [5, 10, 20, 50]],
  [2.1, 2.4, [2.1, 2.2, 2.4]],
  [1e-9, 1e9, [1e-9, 1e-6, 0.001, 1, 1000, 1e6, 1e9]],
])('places ticks of a logarithmic axis from %d to %d at %j', (low, high, expected) => {
  expect(logTicks(low, high)).toEqual(expected);
});

it('sorts and thins ticks at given values, and keeps the last', () => {
  expect(valueTicks([4, 1, 2, 2])).toEqual([1, 2, 4]);
  const many = valueTicks(Array.from({ length: 50 }, (_, i) => i + 1));
  expect(many.length).toBeLessThanOrEqual(8);
  expect(many.at(-1)).toBe(50);
});

describe('a long line', () => {
  const data = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 5000 ? 100 : x === 7001 ? -100 : 0 }));

  it('keeps its ends, peaks and dips when it is thinned', () => {
    const few = thin(data, 100);
    expect(few.length).toBeLessThanOrEqual(104);
    expect(few.map(({ x }) => x)).toEqual(expect.arrayContaining([0, 5000, 7001, 9999]));
    expect(few.every(({ x }, i) => i === 0 || x > few[i - 1]!.x)).toBe(true);
    expect(thin(data.slice(0, 50), 100)).toEqual(data.slice(0, 50));
  });

  it('has symbols at a few points, including the ends', () => {
    expect(pick(data, 3).map(({ x }) => x)).toEqual([0, 5000, 9999]);
    expect(pick(data.slice(0, 2), 3)).toHaveLength(2);
  });
});
