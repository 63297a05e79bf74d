/**
 * Random search (Bergstra and Bengio 2012): trials drawn from a space, determined by the seed. The result
 * depends on which options exist, but not on their order, nor on how many trials are requested. Pure
 * functions.
 */

import type { Dimension, Range } from '../../config/space.js';
import { pow } from '../../elementary.js';
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { Random } from '../../random.js';

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
 * The first `count` distinct points of the sequence.
 * @throws usage if the space has fewer
 */
export function drawTrials(space: readonly Dimension[], seed: number, count: number): Trial[] {
  const found = new Map<string, Trial['values']>();
  for (let draw = 0; found.size < count; draw++) {
    if (draw >= DRAWS_PER_TRIAL * count + MORE_DRAWS) {
      throw usageError(
        `${option('trials')}: expected at most ${found.size}, as the space has no more that differ, got ${count}.`,
        `Try ${option('trials', found.size)}, or a wider ${option('space')}.`,
      );
    }
    const values = drawPoint(space, new Random(seed, 'tune', draw));
    const key = JSON.stringify(values);
    if (!found.has(key)) found.set(key, values);
  }
  return [...found.values()].map((values, i) => ({ number: i + 1, values }));
}

/** Every option consumes one random number, whether it is used or not. */
function drawPoint(space: readonly Dimension[], random: Random): Trial['values'] {
  const ranks = space.map(({ name }) => name).sort();
  const values: Record<string, unknown> = {};
  for (const dimension of space) {
    const { name, condition } = dimension;
    const other = condition && JSON.stringify(values[condition.name]);
    if (condition && !condition.values.some(value => JSON.stringify(value) === other)) continue;
    values[name] = drawValue(dimension, random.uniform(ranks.indexOf(name)));
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
