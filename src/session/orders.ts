/**
 * The order of the rows in each epoch: a permutation by the seed and the epoch alone, or the rows as they stand. Two
 * places in the arena take turns, so that the next epoch's is written while the threads read this one's.
 */

import type { Batches } from '../model/batches.js';
import { Random } from '../random.js';

/** Instead of an epoch: the rows as they stand. */
const AS_THEY_STAND = 0;

export class EpochOrders {
  readonly #places: readonly [Uint32Array, Uint32Array];
  readonly #options: { shuffle: boolean; seed: number };
  readonly #batches: Batches;
  /** The epoch whose order each place holds; null: none yet. */
  readonly #planned: [number | null, number | null] = [null, null];

  constructor(
    places: readonly [Uint32Array, Uint32Array],
    options: { shuffle: boolean; seed: number },
    batches: Batches,
  ) {
    this.#places = places;
    this.#options = options;
    this.#batches = batches;
  }

  /** Sees to it that the epoch's order is there. Returns its place. */
  plan(epoch: number): 0 | 1 {
    const { shuffle, seed } = this.#options;
    const slot = (epoch % 2) as 0 | 1;
    // A whole batch needs no shuffling.
    const shuffled = shuffle && this.#batches.stepsIn(epoch) > 1;
    const planned = shuffled ? epoch : AS_THEY_STAND;
    if (this.#planned[slot] === planned) return slot;
    const order = this.#places[slot];
    for (let i = 0; i < order.length; i++) order[i] = i;
    if (shuffled) new Random(seed, 'shuffle', epoch).shuffle(order);
    this.#planned[slot] = planned;
    return slot;
  }

  /** The rows of an epoch that is under way, in their order. */
  of(epoch: number): Uint32Array {
    return this.#places[this.plan(epoch)];
  }
}
