/** Texts hashed into buckets: the same everywhere, and evenly distributed. */
import { describe, expect, it } from 'vitest';
import { hashText } from '../../../src/data/table/hash-text.js';

describe('hashText', () => {
  it('is the same on every machine and in every version, as models depend on it', () => {
    expect(['', 'a', 'Ulm', 'Größe', '\u{1f600}'].map(hashText)).toEqual([
      2872998923, 444641715, 3942600464, 1417032896, 1787143206,
    ]);
  });

  it('spreads similar texts evenly over the buckets', () => {
    const buckets = new Uint32Array(64);
    for (let i = 0; i < 64_000; i++) buckets[hashText(`user${i}`) % 64]!++;
    // Expected 1,000 each, with a standard deviation of 31.
    expect(Math.min(...buckets)).toBeGreaterThan(840);
    expect(Math.max(...buckets)).toBeLessThan(1160);
  });

  it('distinguishes texts that differ in one letter or in their order', () => {
    const texts = ['ab', 'ba', 'abc', 'acb', ' ab', 'ab ', 'AB'];
    expect(new Set(texts.map(hashText)).size).toBe(texts.length);
  });
});
