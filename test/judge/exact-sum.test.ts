import { describe, expect, it } from 'vitest';
import { ExactSum } from '../../src/judge/exact-sum.js';
import { Random } from '../../src/random.js';

function sumOf(values: Iterable<number>): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value;
}

describe('an exact sum', () => {
  it.each([
    [[], 0],
    [[0.1, 0.2, 0.3], 0.6],
    [[1e100, 1, -1e100], 1],
    [[1, 2 ** -53, 2 ** -53], 1 + 2 ** -52],
    // Half a unit in the last place, and a little less or more.
    [[1, 2 ** -53, -(2 ** -120)], 1],
    [[1, 2 ** -53, 2 ** -120], 1 + 2 ** -52],
    [[-1, -(2 ** -53), -(2 ** -120)], -1 - 2 ** -52],
  ])('of %j is %s', (values, sum) => {
    expect(sumOf(values)).toBe(sum);
  });

  it('is the sum of whole numbers of any size, rounded once, in any order', () => {
    const random = new Random(3, 'probe');
    for (let trial = 0; trial < 200; trial++) {
      const values = Array.from({ length: 40 }, (_, i) => {
        const word = random.word(trial * 100 + i) - 2 ** 31;
        return word * 2 ** (random.word(trial * 100 + 50 + i) % 90);
      });
      // Number rounds an integer to the nearest float64, like a single addition.
      const exact = Number(values.reduce((sum, value) => sum + BigInt(value), 0n));
      expect(sumOf(values)).toBe(exact);
      expect(sumOf(values.toReversed())).toBe(exact);
      expect(sumOf(values.toSorted((a, b) => a - b))).toBe(exact);
    }
  });
});
