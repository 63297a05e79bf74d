/** Random operands of instructions: the same for the same seed. */
import { mix } from '../../../src/random.js';

export class Draw {
  #count: number;

  constructor(seed: number) {
    this.#count = mix(seed);
  }

  /** An integer from 0 to n − 1. */
  below(n: number): number {
    this.#count = (this.#count + 1) >>> 0;
    return Math.floor((mix(this.#count) / 2 ** 32) * n);
  }

  /** An integer from `first` to `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** One of the items. */
  of<Item>(...items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** True in one case of n. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** A signed integer of at most `bits` bits: small, near the limits of 8 bits, or anything. */
  signed(bits: number): number {
    const limit = 2 ** (bits - 1);
    const value = this.of(
      this.between(-3, 3),
      this.of(-1, 1) * this.between(126, 129),
      this.between(-limit, limit - 1),
      this.of(-limit, limit - 1),
    );
    return Math.max(-limit, Math.min(limit - 1, value));
  }
}

/** Operands of a method, and the text of the instruction that it should write. */
export interface Case {
  readonly operands: readonly unknown[];
  readonly text: string;
}

export type DrawCase = (draw: Draw) => Case;
