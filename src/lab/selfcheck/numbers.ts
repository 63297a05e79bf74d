/**
 * The numbers that the self-check computes with: made from integers alone, exact in float32, so that no function of the
 * host's mathematics decides them.
 */
import { Random } from '../../random.js';

/** Numbers one after the other, the same each time for a seed. */
export class Numbers {
  readonly #random: Random;
  #position = 0;

  constructor(seed: number) {
    this.#random = new Random(seed, 'probe');
  }

  /** A number from −1, below 1, in steps of 2⁻²³. */
  next(): number {
    return (this.#random.word(this.#position++) >>> 8) / 2 ** 23 - 1;
  }

  /** A whole number from 0, below `count`. */
  below(count: number): number {
    return this.#random.word(this.#position++) % count;
  }

  /** So many numbers within ±size, a power of two. */
  array(length: number, size = 1): Float32Array {
    return Float32Array.from({ length }, () => this.next() * size);
  }
}
