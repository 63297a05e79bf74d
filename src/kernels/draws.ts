/**
 * The random numbers of the kernels that draw, as plain functions of a key and a place in the batch: who asks, in
 * which order, and how the rows are cut changes nothing. The word at (row, column) is mix(column ⊕ mix(row ⊕ key)).
 */
import { cosPi, log } from '../elementary.js';
import { mix } from '../random.js';

/** Uniform over 0 … 2³² − 1. */
function wordAt(key: number, row: number, column: number): number {
  return mix(column ^ mix(row ^ key));
}

/** A rate as the word below which a unit is dropped. */
export function thresholdOf(rate: number): number {
  return Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
}

/** The same for kernels, which compare words as signed numbers: with its highest bit inverted. */
export function signedThresholdOf(rate: number): number {
  return (thresholdOf(rate) ^ 0x8000_0000) >>> 0;
}

/** What dropout multiplies the unit at that place by: 0, or 1 / (1 − rate), so that its mean stays as it is. */
export function factorAt(key: number, row: number, column: number, rate: number): number {
  return wordAt(key, row, column) >= thresholdOf(rate) ? 1 / (1 - rate) : 0;
}

/**
 * A standard normal number (Box–Muller, the cosine branch): √(−2 ln u) cos πv, u over (0, 1] from the place's word,
 * v over [−1, 1] from the word of a second key; both words as float32.
 */
export function normalAt(key: number, row: number, column: number): number {
  const rowKey = mix(row ^ key);
  const u = Math.fround((mix(column ^ rowKey) | 1) >>> 0) / 2 ** 32;
  const v = Math.fround(mix(column ^ mix(rowKey)) | 0) / 2 ** 31;
  return Math.sqrt(-2 * log(u)) * cosPi(v);
}
