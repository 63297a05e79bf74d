import { describe, expect, it } from 'vitest';
import { partOf, shardsOf, sliceOf } from '../../src/model/shards.js';

describe('partOf', () => {
  it('cuts without gaps or overlaps into sizes that differ by at most one', () => {
    for (const count of [0, 1, 7, 64, 1000]) {
      for (const parts of [1, 2, 3, 8, 17]) {
        const ranges = Array.from({ length: parts }, (_, i) => partOf(count, parts, i));
        expect(ranges[0]!.begin).toBe(0);
        expect(ranges.at(-1)!.end).toBe(count);
        ranges.slice(1).forEach((range, i) => {
          expect(range.begin).toBe(ranges[i]!.end);
        });
        const sizes = ranges.map(({ begin, end }) => end - begin);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  });
});

it('never makes an empty shard', () => {
  for (const rows of [1, 3, 8, 9]) {
    const shards = shardsOf(rows, 8);
    for (let s = 0; s < shards; s++) {
      const { begin, end } = partOf(rows, shards, s);
      expect(end).toBeGreaterThan(begin);
    }
  }
});

it('aligns slices of parameters to cache lines and covers the slab', () => {
  const slab = 64 * 13;
  const slices = [0, 1, 2, 3].map(i => sliceOf(slab, 4, i));
  expect(slices[0]!.begin).toBe(0);
  expect(slices[3]!.end).toBe(slab);
  for (const { begin } of slices) expect(begin % 64).toBe(0);
});
