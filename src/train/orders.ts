/**
 * The order of the rows in each epoch: a permutation by the seed and the epoch alone. Two places in the arena
 * take turns, so that the next epoch's is written while the threads read this one's.
 */
import { Random } from '../random.js';

/** Instead of an epoch: the rows as they stand. */
const AS_THEY_STAND = 0;

export class EpochOrders {
  readonly #places: readonly [Uint32Array, Uint32Array];
  readonly #seed: number;
  /** The epoch whose order each place holds; null: none yet. */
  readonly #planned: [number | null, number | null] = [null, null];

  constructor(places: readonly [Uint32Array, Uint32Array], seed: number) {
    this.#places = places;
    this.#seed = seed;
  }

  /** Sees to it that the epoch's order is there, shuffled or as the rows stand. Returns its place. */
  plan(epoch: number, shuffled: boolean): 0 | 1 {
    const slot = (epoch % 2) as 0 | 1;
    const planned = shuffled ? epoch : AS_THEY_STAND;
    if (this.#planned[slot] === planned) return slot;
    const order = this.#places[slot];
    for (let i = 0; i < order.length; i++) order[i] = i;
    if (shuffled) new Random(this.#seed, 'shuffle', epoch).shuffle(order);
    this.#planned[slot] = planned;
    return slot;
  }
}
