/**
 * The fuzzer's parts: mutations that stay within bounds, new coverage that is reported once, memory that is
 * counted.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { COUNTED, countAllocations } from '../../scripts/torture/fuzz/allocations.js';
import { Coverage } from '../../scripts/torture/fuzz/coverage.js';
import { MOST_BYTES, mutate } from '../../scripts/torture/fuzz/mutate.js';
import { Random } from '../../src/random.js';
import { fc } from './arbitraries.js';

it('mutates any input within the allowed length, the same way for the same draws', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  let changed = 0;
  fc.assert(
    fc.property(bytes, bytes, fc.nat(), (input, other, seed) => {
      const [once, again] = [0, 1].map(() => {
        const random = new Random(seed, 'probe');
        let drawn = 0;
        return mutate(input, other, ['[', 'null'], n => Math.floor(random.uniform(drawn++) * n));
      });
      expect(once).toEqual(again);
      expect(once!.length).toBeLessThanOrEqual(MOST_BYTES);
      if (Buffer.compare(once!, input) !== 0) changed++;
    }),
  );
  expect(changed).toBeGreaterThan(40);
});

describe('coverage', () => {
  const room = globalThis as { __coverage__?: unknown };
  afterEach(() => {
    delete room.__coverage__;
  });

  it('reports new code once, and again for another order of magnitude', () => {
    const file = { s: { 0: 0, 1: 0 }, f: { 0: 0 }, b: { 0: [0, 0] } };
    room.__coverage__ = { 'a.js': file };
    const coverage = new Coverage();
    const reach = (run: () => void) => {
      run();
      return coverage.takeNews();
    };
    expect(reach(() => {})).toBe(false);
    expect(reach(() => file.s[1]++)).toBe(true);
    expect(file.s[1]).toBe(0);
    expect(reach(() => file.s[1]++)).toBe(false);
    expect(reach(() => file.b[0][1]!++)).toBe(true);
    expect(coverage.reached).toBe(2);
    expect(reach(() => (file.s[1] = 100))).toBe(true);
    expect(reach(() => (file.s[1] = 101))).toBe(false);
    expect(coverage.reached).toBe(2);
  });
});

it('counts requested memory, whether or not it is granted', () => {
  const room = globalThis as unknown as Record<string, unknown>;
  const originals = COUNTED.map(name => room[name]);
  try {
    const taken = countAllocations();
    const floats = new Float32Array(10);
    expect(floats instanceof Float32Array).toBe(true);
    expect(taken()).toBe(40);
    expect(() => new Float64Array(2 ** 50)).toThrow(RangeError);
    expect(taken()).toBe(2 ** 53);
    expect(taken()).toBe(0);
  } finally {
    for (const [i, name] of COUNTED.entries()) room[name] = originals[i];
  }
});
