/**
 * Keyed permutations of 0 … size − 1 that give the value at any position without those before it. Pure.
 *
 * Small ones are a shuffled table; larger ones a Feistel network in two digits (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"). With bases
 * a = ⌈√size⌉ and b = ⌈size / a⌉, a position is p = b · l + r with digits l < a and r < b. Rounds take turns:
 *
 *   l ← (l + F₀(r)) mod a,   r ← (r + F₁(l)) mod b,   l ← (l + F₂(r)) mod a,   …   r ← (r + F₅(l)) mod b
 *
 * Each F is a table of ⌈√size⌉ random numbers. A result of size or more is permuted again until one is below; as
 * a · b < size + a, that is rare: bases of powers of two would do it for up to half of all positions, and each time a
 * processor that has guessed wrong loses 15 ns.
 */
import type { Random } from '../random.js';

/**
 * Two positions with the same right digit keep the difference of their left ones if their right digits collide in rounds 2
 * and 4, so it has that value with a probability of 1/a + 1/b² instead of 1/a; with two rounds less it would be 1/a + 1/b.
 */
const ROUNDS = 6;

/** Up to so many positions there is a table of all, uniform over all permutations, as few digits are not. */
const MOST_IN_TABLE = 2 ** 16;

export interface Permutation {
  at(position: number): number;
  /** Writes the values at from ≤ position < to, one after the other, to the beginning of `into`. */
  fill(into: Uint32Array, from: number, to: number): void;
}

/**
 * The permutation of 0 … size − 1 that belongs to a key.
 *
 * @param size 1 to 2³²
 * @param key a stream of its own
 */
export function permute(size: number, key: Random): Permutation {
  return size > MOST_IN_TABLE ? new Feistel(size, key) : new Shuffled(size, key);
}

class Shuffled implements Permutation {
  readonly #values: Uint32Array;

  constructor(size: number, key: Random) {
    this.#values = new Uint32Array(size);
    for (let i = 0; i < size; i++) this.#values[i] = i;
    key.shuffle(this.#values);
  }

  at(position: number): number {
    return this.#values[position]!;
  }

  fill(into: Uint32Array, from: number, to: number): void {
    into.set(this.#values.subarray(from, to));
  }
}

/** Without a table of all positions. Exported for the tests, which try it at small sizes too. */
export class Feistel implements Permutation {
  readonly #size: number;
  /** Bases of the left and the right digit; b ≤ a. */
  readonly #a: number;
  readonly #b: number;
  /** F of each round, (rounds, a). */
  readonly #tables: Uint16Array;

  constructor(size: number, key: Random) {
    const a = Math.ceil(Math.sqrt(size));
    const b = Math.ceil(size / a);
    this.#size = size;
    this.#a = a;
    this.#b = b;
    this.#tables = new Uint16Array(ROUNDS * a);
    for (let i = 0; i < this.#tables.length; i++) {
      const base = Math.floor(i / a) % 2 === 0 ? a : b;
      this.#tables[i] = Math.floor((key.word(i) * base) / 2 ** 32);
    }
  }

  at(position: number): number {
    const b = this.#b;
    let value = position;
    do {
      const left = Math.floor(value / b);
      value = encipher(this.#tables, this.#a, b, left, value - left * b);
    } while (value >= this.#size);
    return value;
  }

  fill(into: Uint32Array, from: number, to: number): void {
    const size = this.#size;
    const a = this.#a;
    const b = this.#b;
    const tables = this.#tables;
    let left = Math.floor(from / b);
    let right = from - left * b;
    for (let i = 0; i < to - from; i++) {
      const value = encipher(tables, a, b, left, right);
      into[i] = value < size ? value : this.at(value);
      right++;
      if (right < b) continue;
      right = 0;
      left++;
    }
  }
}

/** b · l + r after all rounds. */
function encipher(tables: Uint16Array, a: number, b: number, left: number, right: number): number {
  let l = reduce(left + tables[right]!, a);
  let r = reduce(right + tables[a + l]!, b);
  l = reduce(l + tables[2 * a + r]!, a);
  r = reduce(r + tables[3 * a + l]!, b);
  l = reduce(l + tables[4 * a + r]!, a);
  r = reduce(r + tables[5 * a + l]!, b);
  return (Math.imul(l, b) + r) >>> 0;
}

/** sum mod base, for a sum below 2 · base; without a branch, which no processor could guess. */
function reduce(sum: number, base: number): number {
  const rest = sum - base;
  return rest + (base & (rest >> 31));
}
