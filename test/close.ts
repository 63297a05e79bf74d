/**
 * Comparing arrays of numbers within a named tolerance, with a message that says where it is worst.
 */
import { expect } from 'vitest';
import type { Tolerance } from './tolerances.js';

/**
 * Fails unless |actual − expected| ≤ absolute + relative · |expected| at every index, and reports the worst
 * index with both values. NaN is close to nothing; an infinity only to itself. `what` opens the message.
 */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
  what = 'numbers',
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  let worst = 0;
  let worstIndex = 0;
  for (let i = 0; i < expected.length; i++) {
    const excess = excessOf(actual[i]!, expected[i]!, tolerance);
    if (excess > worst) {
      worst = excess;
      worstIndex = i;
    }
  }
  if (worst > 1) {
    expect.fail(
      `${what}: worst at index ${worstIndex} of ${expected.length}: expected ${expected[worstIndex]}, ` +
        `got ${actual[worstIndex]}, ${worst.toPrecision(3)} times the tolerance ` +
        `(relative ${tolerance.relative}, absolute ${tolerance.absolute})`,
    );
  }
}

/** |actual − expected| in units of what is allowed: above 1 is too far. */
function excessOf(actual: number, expected: number, { relative, absolute }: Tolerance): number {
  if (actual === expected) return 0;
  const excess = Math.abs(actual - expected) / (absolute + relative * Math.abs(expected));
  return Number.isNaN(excess) ? Infinity : excess;
}
