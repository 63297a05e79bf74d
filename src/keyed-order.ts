/**
 * Rows in random order without a sequence of draws: each row has a key that depends on nothing but the seed, the purpose
 * and its own number, and the rows are sorted by their keys. A reader of a file too large for memory gets the same order
 * by dealing rows to buckets by the first bits of their keys and sorting one bucket at a time. Owns no memory; runs
 * on the coordinator's side.
 */
import type { Random } from './random.js';

/** Bits of a key that one pass sorts by, for 2,048 counters, which stay in the fastest cache. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const KEY_BITS = 32;

/**
 * The rows 0 … rows − 1 in ascending order of keys.word(row). No two keys are equal, because word() is a bijection of
 * 32-bit numbers. Radix sort, the lowest digit first: each pass keeps the order of the one before.
 *
 * @param rows at most 2³²
 */
export function orderByKey(rows: number, keys: Random): Uint32Array {
  let order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  let sorted = new Uint32Array(rows);
  for (let shift = 0; shift < KEY_BITS; shift += DIGIT_BITS) {
    sortByDigit(order, sorted, keys, shift);
    [order, sorted] = [sorted, order];
  }
  return order;
}

/** Writes `order` to `sorted`, in ascending order of one digit of the keys. Keys are computed anew: that is faster than memory. */
function sortByDigit(order: Uint32Array, sorted: Uint32Array, keys: Random, shift: number): void {
  const rows = order.length;
  const places = new Uint32Array(DIGITS);
  for (let row = 0; row < rows; row++) places[(keys.word(row) >>> shift) & (DIGITS - 1)]!++;
  for (let digit = 0, begin = 0; digit < DIGITS; digit++) {
    const count = places[digit]!;
    places[digit] = begin;
    begin += count;
  }
  for (let i = 0; i < rows; i++) {
    const row = order[i]!;
    sorted[places[(keys.word(row) >>> shift) & (DIGITS - 1)]!++] = row;
  }
}
