/**
 * Random numbers addressed by key instead of by sequence: the number at a position depends only on (seed,
 * purpose, epoch) and that position, so it doesn't matter who requests it, or when. Owns no memory; runs on
 * both sides of the thread.
 *
 * The mixing function is the 32-bit integer hash `lowbias32` found by Chris Wellons's search
 * (https://nullprogram.com/blog/2018/07/31/), applied twice with two halves of the key.
 */
import { cosPi, log } from './elementary.js';

/** Purpose of a stream of numbers; streams with different purposes are unrelated. */
export const PURPOSES = {
  shuffle: 1,
  init: 2,
  split: 3,
  synthetic: 4,
  probe: 5,
  study: 6,
  folds: 7,
  dropout: 8,
  noise: 9,
  tune: 10,
  blocks: 11,
  windows: 12,
  rows: 13,
  distortion: 14,
  explain: 20,
  'learning-curve': 21,
  'warm-start': 22,
} as const;
export type Purpose = keyof typeof PURPOSES;

/** Mixes a word over all 32 bits. */
export function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of numbers, addressed by position 0, 1, 2, … below 2³². */
export class Random {
  readonly #low: number;
  readonly #high: number;

  /** @param seed any integer from 0 to 2⁵³ − 1 */
  constructor(seed: number, purpose: Purpose, epoch = 0) {
    const place = mix(mix(PURPOSES[purpose]) ^ epoch);
    this.#low = mix(mix(seed >>> 0) ^ place);
    this.#high = mix(mix(Math.floor(seed / 2 ** 32)) ^ this.#low ^ 0x9e3779b9);
  }

  /** An integer, uniform over 0 … 2³² − 1. */
  word(position: number): number {
    return mix(mix(position ^ this.#low) ^ this.#high);
  }

  /** Uniform over [0, 1), in steps of 2⁻³². */
  uniform(position: number): number {
    return this.word(position) / 2 ** 32;
  }

  /** A standard normal number (Box–Muller, cosine branch). */
  normal(position: number): number {
    const radius = Math.sqrt(-2 * log((this.word(2 * position) + 1) / 2 ** 32));
    return radius * cosPi(2 * this.uniform(2 * position + 1));
  }

  /** Shuffles the items in place (Fisher–Yates). */
  shuffle(items: Uint32Array): void {
    for (let i = items.length - 1; i > 0; i--) {
      // floor(word · (i + 1) / 2³²) is within 2⁻³²·(i + 1) of uniform, which is negligible for fewer than 2³²
      // rows.
      const j = Math.floor((this.word(i) * (i + 1)) / 2 ** 32);
      const item = items[i]!;
      items[i] = items[j]!;
      items[j] = item;
    }
  }
}
