/** Rows in the order of their keys. */
import { describe, expect, it } from 'vitest';
import { orderByKey } from '../src/keyed-order.js';
import { Random } from '../src/random.js';
import { chiSquare, permutationNumber } from './uniformity.js';

const SIZES = [0, 1, 2, 3, 5, 2047, 2048, 2049, 60_000];

describe('rows by their keys', () => {
  it.each(SIZES)('are each there once, with keys that ascend: %i', rows => {
    const keys = new Random(11, 'shuffle');
    const order = orderByKey(rows, keys);
    expect(order.slice().sort()).toEqual(Uint32Array.from({ length: rows }, (_, i) => i));
    const inOrder = Array.from(order, row => keys.word(row));
    expect(inOrder.every((key, i) => i === 0 || inOrder[i - 1]! < key)).toBe(true);
  });

  it('are those of buckets by the first bits of the keys, each sorted by itself', () => {
    const keys = new Random(2 ** 40 + 3, 'split');
    const buckets = Array.from({ length: 16 }, () => [] as number[]);
    for (let row = 0; row < 5000; row++) buckets[keys.word(row) >>> 28]!.push(row);
    const sorted = buckets.flatMap(rows => rows.sort((a, b) => keys.word(a) - keys.word(b)));
    expect([...orderByKey(5000, keys)]).toEqual(sorted);
  });

  it('have each of the 120 orders of five rows about equally often', () => {
    const counts = new Array<number>(120).fill(0);
    for (let seed = 0; seed < 24_000; seed++) {
      counts[permutationNumber(orderByKey(5, new Random(seed, 'shuffle')))]!++;
    }
    expect(chiSquare(counts)).toBeLessThan(6);
  });

  it('depend on the seed and the purpose', () => {
    const order = orderByKey(1000, new Random(1, 'shuffle'));
    expect(orderByKey(1000, new Random(1, 'shuffle'))).toEqual(order);
    for (const other of [
      new Random(2, 'shuffle'),
      new Random(1 + 2 ** 32, 'shuffle'),
      new Random(1, 'split'),
    ]) {
      const same = orderByKey(1000, other).filter((row, i) => row === order[i]);
      expect(same.length).toBeLessThan(10);
    }
  });
});
