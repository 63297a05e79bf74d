/** What is drawn for an element at (row of the batch, column): it depends on a key and the place alone. */
import { mix, Random } from '../../src/random.js';
import { round } from './arithmetic.js';
import { log } from './functions.js';

/** The key of a layer in a step, from 1. */
export function keyOf(
  seed: number,
  purpose: 'dropout' | 'noise' | 'distortion',
  step: number,
  layer: number,
): number {
  return new Random(seed, purpose, step).word(layer);
}

/** x / (1 − rate), or 0 if x is dropped. */
export function drop(x: number, key: number, row: number, column: number, rate: number): number {
  const least = Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1);
  return mix(column ^ mix(row ^ key)) >= least ? round(x * round(1 / (1 - rate))) : 0;
}

/** x + deviation · n, n = √(−2 ln u) cos πv, u over (0, 1] and v over [−1, 1] by two words of the place. */
export function addNoise(x: number, key: number, row: number, column: number, deviation: number): number {
  const rowKey = mix(row ^ key);
  const u = round(round((mix(column ^ rowKey) | 1) >>> 0) * 2 ** -32);
  const v = round(round(mix(column ^ mix(rowKey)) | 0) * 2 ** -31);
  const radius = round(Math.sqrt(round(-2 * log(u))));
  const noise = round(round(radius * cosPi(v)) * round(deviation));
  return round(x + noise);
}

/** Of y¹¹, y⁹, …, y in the series of sin πy. */
const SINE = [
  -0.00737043094571435,
  0.08214588661112823,
  -0.5992645293207921,
  2.5501640398773455,
  -5.16771278004997,
  Math.PI,
].map(round);

/** cos πv = sin πy with y = ½ − |v|, by the sine's series up to y¹¹. */
function cosPi(v: number): number {
  const y = round(0.5 - Math.abs(v));
  const square = round(y * y);
  const p = SINE.reduce((sum, coefficient) => round(round(sum * square) + coefficient));
  return round(p * y);
}
