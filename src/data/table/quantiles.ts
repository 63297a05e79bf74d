/**
 * Exact order statistics of a column that need not fit into memory: the result depends on the values alone, never on how
 * the file was cut. Few values are sorted; of many, the digits of the wanted values are found one after the other by
 * counting (a radix selection), so that memory stays small.
 */
import { forEachSelected, type Selection } from './selection.js';
import type { Numbers } from './store.js';

/** Values that are sorted in memory: 512 KiB. */
const MOST_SORTED = 1 << 16;
/** The bits of a float64 are four digits. */
const DIGITS = 4;
const BASE = 1 << 16;

/** Numbers of selected rows; missing cells count as `fill`. */
export interface FilledColumn {
  values: Numbers;
  rows: Selection;
  fill: number | null;
}

/** The values at some ranks, counted from 0 in ascending order of all values. */
export function valuesAt(column: FilledColumn, ranks: readonly number[], mostSorted = MOST_SORTED): number[] {
  if (column.rows.count > mostSorted) return select(column, ranks);
  const sorted = new Float64Array(column.rows.count);
  forEachValue(column, (value, i) => {
    sorted[i] = value;
  });
  sorted.sort();
  return ranks.map(rank => sorted[rank]!);
}

/** The value at a share p of the way from the least to the greatest of so many: numpy's linear interpolation. */
export function quantile(count: number, p: number, valueAt: (rank: number) => number): number {
  const place = p * (count - 1);
  const below = Math.floor(place);
  const low = valueAt(below);
  const high = valueAt(Math.min(count - 1, below + 1));
  return low + (high - low) * (place - below);
}

/** The ranks that a quantile is computed from. */
export function ranksOf(count: number, p: number): number[] {
  const below = Math.floor(p * (count - 1));
  return [below, Math.min(count - 1, below + 1)];
}

function forEachValue({ values, rows, fill }: FilledColumn, visit: (value: number, i: number) => void): void {
  forEachSelected(values, Float64Array, rows, (block, begin) => {
    for (let i = 0; i < block.length; i++) {
      const value = block[i]!;
      visit(Number.isNaN(value) ? fill! : value, begin + i);
    }
  });
}

/** A value whose first digits are known, and how many values with the same first digits are smaller. */
interface Wanted {
  digits: number[];
  rank: number;
}

function select(column: FilledColumn, ranks: readonly number[]): number[] {
  const wanted = ranks.map((rank): Wanted => ({ digits: [], rank }));
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  for (let digit = 0; digit < DIGITS; digit++) {
    const counts = new Map(wanted.map(({ digits }) => [prefixOf(digits), new Uint32Array(BASE)]));
    forEachValue(column, value => {
      float[0] = value;
      toOrder(words);
      const [low, high] = [words[0]!, words[1]!];
      const prefix =
        digit === 0 ? 0 : digit === 1 ? high >>> 16 : digit === 2 ? high : high * BASE + (low >>> 16);
      const bins = counts.get(prefix);
      if (bins) bins[((digit < 2 ? high : low) >>> (digit % 2 === 0 ? 16 : 0)) & (BASE - 1)]!++;
    });
    for (const one of wanted) narrow(one, counts.get(prefixOf(one.digits))!);
  }
  return wanted.map(({ digits }) => {
    words[0] = digits[2]! * BASE + digits[3]!;
    words[1] = digits[0]! * BASE + digits[1]!;
    fromOrder(words);
    return float[0]!;
  });
}

function prefixOf(digits: readonly number[]): number {
  return digits.reduce((prefix, digit) => prefix * BASE + digit, 0);
}

/** Finds the next digit. */
function narrow(wanted: Wanted, bins: Uint32Array): void {
  let digit = 0;
  while (wanted.rank >= bins[digit]!) wanted.rank -= bins[digit++]!;
  wanted.digits.push(digit);
}

const SIGN = 0x80000000;

/** The bits of a float64 as a whole number that is in the order of the values. Low word first. */
function toOrder(words: Uint32Array): void {
  const isNegative = words[1]! >= SIGN;
  words[1] = isNegative ? ~words[1]! : words[1]! ^ SIGN;
  if (isNegative) words[0] = ~words[0]!;
}

function fromOrder(words: Uint32Array): void {
  const isNegative = words[1]! < SIGN;
  words[1] = isNegative ? ~words[1]! : words[1]! ^ SIGN;
  if (isNegative) words[0] = ~words[0]!;
}
