/**
 * Order of the rows in each epoch: a permutation that depends only on the seed and the epoch, or their order in the
 * table. Two places in the arena alternate, so that the next order is written while the threads read the current one.
 */

import type { Batches } from '../model/batches.js';
import { Random } from '../random.js';

/** Stands for an epoch whose rows are in the order of the table. */
const AS_THEY_STAND = 0;

export class EpochOrders {
  readonly #places: readonly [Uint32Array, Uint32Array];
  readonly #options: { shuffle: boolean; seed: number };
  readonly #batches: Batches;
  /** Epoch whose order each place contains; null: none yet. */
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

  /** Writes the order of the epoch unless it is there already. Returns its place. */
  plan(epoch: number): 0 | 1 {
    const { shuffle, seed } = this.#options;
    const slot = (epoch % 2) as 0 | 1;
    // A full batch needs no shuffling.
    const shuffled = shuffle && this.#batches.stepsIn(epoch) > 1;
    const planned = shuffled ? epoch : AS_THEY_STAND;
    if (this.#planned[slot] === planned) return slot;
    const order = this.#places[slot];
    for (let i = 0; i < order.length; i++) order[i] = i;
    if (shuffled) new Random(seed, 'shuffle', epoch).shuffle(order);
    this.#planned[slot] = planned;
    return slot;
  }

  /** The row numbers of an epoch, in order. */
  of(epoch: number): Uint32Array {
    return this.#places[this.plan(epoch)];
  }
}
