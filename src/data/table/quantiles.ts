/**
 * Exact order statistics of a column that need not fit into memory: the result depends on the values alone, never on how
 * the file was cut. Few values are sorted; of many, each pass counts the next digit of the values that have the first digits
 * of a wanted one (a radix selection), until these are few. So memory stays small.
 */
import { forEachSelected, type Selection } from './selection.js';
import type { Numbers } from './store.js';

/** Values that are sorted in memory: 4 MiB. */
const MOST_SORTED = 1 << 19;
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
  const ascending = ranks.toSorted((a, b) => a - b);
  let groups: Group[] = [{ high: 0, low: 0, smaller: 0, count: column.rows.count }];
  for (let digit = 0; digit < DIGITS; digit++) {
    if (total(groups) <= mostSorted) return sortedAt(column, ranks, groups, digit);
    const bins = countDigits(column, groups, digit);
    groups = groups.flatMap((group, g) => groupsIn(group, bins[g]!, digit, ascending));
  }
  return ranks.map(rank => firstOf(groups.find(({ smaller, count }) => rank < smaller + count)!));
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

/** Values with the same first digits: those in two words, as whole numbers in the order of the values, with zeros for the other digits. */
interface Group {
  high: number;
  low: number;
  /** Values that are smaller than all of the group. */
  smaller: number;
  count: number;
}

/** The least value that a group may have; its only one if all digits are known. */
const firstOf = ({ high, low }: Group) => toValue(high, low);

const total = (groups: readonly Group[]) => groups.reduce((sum, { count }) => sum + count, 0);

/** How often each next digit occurs in each group. */
function countDigits(column: FilledColumn, groups: readonly Group[], digit: number): Uint32Array[] {
  const bins = groups.map(() => new Uint32Array(BASE));
  const shift = digit % 2 === 0 ? 16 : 0;
  const isHigh = digit < 2;
  forEachOfGroups(column, groups, digit, (group, high, low) => {
    bins[group]![((isHigh ? high : low) >>> shift) & (BASE - 1)]!++;
  });
  return bins;
}

/** The parts of a group that have one more digit in common, and hold the value at a rank. */
function groupsIn(group: Group, bins: Uint32Array, digit: number, ascending: readonly number[]): Group[] {
  const { high, low } = group;
  const groups: Group[] = [];
  let { smaller } = group;
  let next = ascending.findIndex(rank => rank >= smaller);
  for (const [value, count] of bins.entries()) {
    const end = smaller + count;
    if (ascending[next]! < end) {
      const word = digit % 2 === 0 ? value * BASE : value;
      groups.push(
        digit < 2 ? { high: high + word, low, smaller, count } : { high, low: low + word, smaller, count },
      );
      while (ascending[next]! < end) next++;
    }
    smaller = end;
  }
  return groups;
}

/** Sorts the values of all groups. */
function sortedAt(
  column: FilledColumn,
  ranks: readonly number[],
  groups: readonly Group[],
  digits: number,
): number[] {
  const values = new Float64Array(total(groups));
  let next = 0;
  forEachOfGroups(column, groups, digits, (_, high, low) => {
    values[next++] = toValue(high, low);
  });
  values.sort();
  return ranks.map(rank => {
    let before = 0;
    for (const { smaller, count } of groups) {
      if (rank < smaller + count) return values[before + rank - smaller]!;
      before += count;
    }
    throw new Error(`no group holds rank ${rank}`);
  });
}

/**
 * Calls `visit` with each value that has the first digits of a group, as two words in the order of values.
 * @param groups in ascending order
 */
function forEachOfGroups(
  { values, rows, fill }: FilledColumn,
  groups: readonly Group[],
  digits: number,
  visit: (group: number, high: number, low: number) => void,
): void {
  // First group of each first digit, and the end of the last.
  const begins = new Uint16Array(BASE);
  const ends = new Uint16Array(BASE);
  if (digits === 0) ends.fill(1);
  else {
    for (const [g, { high }] of groups.entries()) {
      const first = high >>> 16;
      if (ends[first] === 0) begins[first] = g;
      ends[first] = g + 1;
    }
  }
  const masks = [0, 0xffff0000, 0xffffffff, 0xffffffff];
  const highMask = masks[digits]!;
  const lowMask = digits === 3 ? 0xffff0000 : 0;
  const highs = Uint32Array.from(groups, ({ high }) => high);
  const lows = Uint32Array.from(groups, ({ low }) => low);
  forEachSelected(values, Float64Array, rows, block => {
    const words = new Uint32Array(block.buffer, block.byteOffset, 2 * block.length);
    for (let i = 0; i < block.length; i++) {
      if (Number.isNaN(block[i]!)) block[i] = fill!;
      const isNegative = words[2 * i + 1]! >= SIGN;
      const high = (isNegative ? ~words[2 * i + 1]! : words[2 * i + 1]! ^ SIGN) >>> 0;
      const low = (isNegative ? ~words[2 * i]! : words[2 * i]!) >>> 0;
      const end = ends[high >>> 16]!;
      for (let g = begins[high >>> 16]!; g < end; g++) {
        if ((high & highMask) >>> 0 !== highs[g] || (low & lowMask) >>> 0 !== lows[g]) continue;
        visit(g, high, low);
        break;
      }
    }
  });
}

const SIGN = 0x80000000;

/** The value whose bits, as a whole number in the order of the values, are these words. */
function toValue(high: number, low: number): number {
  const isNegative = high < SIGN;
  WORDS[1] = isNegative ? ~high : high ^ SIGN;
  WORDS[0] = isNegative ? ~low : low;
  return FLOAT[0]!;
}

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);
