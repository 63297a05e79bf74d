/** The judge is judged: what expectAllClose accepts, what it refuses, and which index it names. */
import { describe, expect, it } from 'vitest';
import { expectAllClose } from './close.js';

const tolerance = { relative: 1e-3, absolute: 1e-6 };

describe('expectAllClose', () => {
  it.each([
    ['equal numbers', [1, -2, 0], [1, -2, 0]],
    ['numbers within the relative part', [1000.9], [1000]],
    ['numbers within the absolute part', [9e-7], [0]],
    ['the same infinities', [Infinity, -Infinity], [Infinity, -Infinity]],
    ['nothing at all', [], []],
  ])('accepts %s', (_, actual, expected) => {
    expectAllClose(actual, expected, tolerance);
  });

  it.each([
    ['numbers too far apart', [1000, 1002], [1000, 1000], /index 1 of 2: expected 1000, got 1002/],
    ['the worst of several', [2, 9, 3], [1, 1, 1], /index 1 of 3: expected 1, got 9/],
    ['NaN', [0, Number.NaN], [0, 0], /index 1 of 2: expected 0, got NaN/],
    ['NaN where NaN is expected', [Number.NaN], [Number.NaN], /expected NaN, got NaN/],
    ['an infinity of the other sign', [Infinity], [-Infinity], /expected -Infinity, got Infinity/],
    ['another length', [1], [1, 2], /length/],
  ])('refuses %s', (_, actual, expected, message) => {
    expect(() => expectAllClose(actual, expected, tolerance)).toThrow(message);
  });
});
