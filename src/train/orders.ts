/**
 * The order of the rows in each epoch: a permutation by the seed and the epoch alone. Two places in the arena
 * take turns, so that the next epoch's is written while the threads read this one's.
 */
import { Random } from '../random.js';

export class EpochOrders {
  readonly #places: readonly [Uint32Array, Uint32Array];
  readonly #seed: number;
  readonly #shuffled: boolean;
  /** The epoch whose order each place holds; 0: none yet. */
  readonly #planned: [number, number] = [0, 0];

  /** @param shuffled whether rows are shuffled at all; else they are taken as they stand */
  constructor(places: readonly [Uint32Array, Uint32Array], seed: number, shuffled: boolean) {
    this.#places = places;
    this.#seed = seed;
    this.#shuffled = shuffled;
  }

  /** Sees to it that the epoch's order is there. Returns its place. */
  plan(epoch: number): 0 | 1 {
    const slot = (epoch % 2) as 0 | 1;
    const there = this.#shuffled ? this.#planned[slot] === epoch : this.#planned[slot] > 0;
    if (!there) {
      const order = this.#places[slot];
      for (let i = 0; i < order.length; i++) order[i] = i;
      if (this.#shuffled) new Random(this.#seed, 'shuffle', epoch).shuffle(order);
      this.#planned[slot] = epoch;
    }
    return slot;
  }
}
