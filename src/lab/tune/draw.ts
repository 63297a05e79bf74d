/**
 * Random search (Bergstra and Bengio 2012): trials drawn from a space, determined by the seed. The result
 * depends on which options exist, but not on their order, nor on how many trials are requested. A warm start
 * precedes it (warm-start.ts). Pure functions.
 */

import type { Dimension, Range } from '../../config/space.js';
import { pow } from '../../elementary.js';
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { Random } from '../../random.js';
import type { WarmStart } from './schema.js';

/** One point of the space: the values in which a trial differs from others, by option name. */
export interface Trial {
  /** From 1. */
  number: number;
  values: Readonly<Record<string, unknown>>;
}

/** Limits for the number of draws until a new point is found: for each trial, and in addition over all. */
const DRAWS_PER_TRIAL = 100;
const MORE_DRAWS = 1000;

/**
 * The first `count` distinct points: those of a warm start, then those of the sequence that it has not seen, and then, if the
 * space has no others, those that it has.
 * @throws usage if the space has fewer
 */
export function drawTrials(
  space: readonly Dimension[],
  seed: number,
  count: number,
  warmStart: WarmStart | null = null,
): Trial[] {
  const { first = [], seen = [] } = warmStart ?? {};
  const found = new Map(first.slice(0, count).map(({ values }) => [keyOf(values), values]));
  const known = new Set(seen.map(keyOf));
  const draws = DRAWS_PER_TRIAL * count + MORE_DRAWS;
  for (let draw = 0; found.size < count && draw < draws; draw++) {
    const values = drawPoint(space, new Random(seed, 'tune', draw));
    const key = keyOf(values);
    if (!found.has(key) && !known.has(key)) found.set(key, values);
  }
  for (const values of seen.slice(0, count - found.size)) found.set(keyOf(values), values);
  if (found.size < count) {
    throw usageError(
      `${option('trials')}: expected at most ${found.size}, as the space has no more that differ, got ${count}.`,
      `Try ${option('trials', found.size)}, or a wider ${option('space')}.`,
    );
  }
  return [...found.values()].map((values, i) => ({ number: i + 1, values }));
}

/** The same for points with the same values. */
export function keyOf(values: Trial['values']): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Every option consumes one random number, whether it is used or not.
 * @param known values that are not drawn
 */
export function drawPoint(
  space: readonly Dimension[],
  random: Random,
  known: Trial['values'] = {},
): Trial['values'] {
  const ranks = space.map(({ name }) => name).sort();
  const values: Record<string, unknown> = {};
  for (const dimension of space) {
    const { name, condition } = dimension;
    const other = condition && JSON.stringify(values[condition.name]);
    if (condition && !condition.values.some(value => JSON.stringify(value) === other)) continue;
    values[name] = known[name] ?? drawValue(dimension, random.uniform(ranks.indexOf(name)));
  }
  return values;
}

/** @param u from [0, 1) */
function drawValue(dimension: Dimension, u: number): unknown {
  if (dimension.kind === 'choices') return dimension.values[Math.floor(u * dimension.values.length)];
  const number = drawNumber(dimension, u);
  return dimension.list ? [number] : number;
}

/** Few digits, so that commands with the values are easy to read and type. */
const DIGITS = 4;

/** low + u (high − low), or low (high / low)ᵘ; rounded down to an integer if the range is one of integers. */
function drawNumber({ low, high, log, whole }: Range, u: number): number {
  const end = whole ? high + 1 : high;
  const drawn = log ? low * pow(end / low, u) : low + u * (end - low);
  const value = whole ? Math.floor(drawn) : Number(drawn.toPrecision(DIGITS));
  return Math.min(Math.max(value, low), high);
}
