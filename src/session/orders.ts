/**
 * Order of the rows in each epoch: a permutation of their stored order that depends only on the seed and the epoch, or the
 * rows as they stand. Two places in the arena alternate, so that the next order is written while the threads read the
 * current one.
 */

import { orderByKey } from '../keyed-order.js';
import type { Batches } from '../model/batches.js';
import { cutWindows, RowOrder, type WindowCut, type WindowSizes } from '../model/row-order.js';
import { Random } from '../random.js';

/** Stands for an epoch whose rows are in the same order as in all others. */
const ALWAYS_THE_SAME = 0;

interface OrderOptions {
  shuffle: boolean;
  seed: number;
  /** Bytes of an encoded row. */
  bytesPerRow: number;
  /** Seed by which the rows in the arena are shuffled already; null: they are as in the file. */
  storedBy: number | null;
  /** Only tests have others than usual. */
  windowSizes?: WindowSizes | undefined;
}

export class EpochOrders {
  readonly #places: readonly [Uint32Array, Uint32Array];
  readonly #options: OrderOptions;
  readonly #batches: Batches;
  readonly #cut: WindowCut;
  /** Place of each row in the arena, from its place in stored order or in the file; null until it is needed. */
  #arenaPlaces: Uint32Array | null = null;
  /** Epoch whose order each place contains; null: none yet. */
  readonly #planned: [number | null, number | null] = [null, null];

  constructor(places: readonly [Uint32Array, Uint32Array], options: OrderOptions, batches: Batches) {
    this.#places = places;
    this.#options = options;
    this.#batches = batches;
    this.#cut = cutWindows(places[0].length, options.bytesPerRow, options.windowSizes);
  }

  /** Writes the order of the epoch unless it is there already. Returns its place. */
  plan(epoch: number): 0 | 1 {
    const { shuffle, seed } = this.#options;
    const slot = (epoch % 2) as 0 | 1;
    // A full batch has the same rows in any order.
    const planned = shuffle && this.#batches.sizeIn(epoch) < this.#batches.rows ? epoch : ALWAYS_THE_SAME;
    if (this.#planned[slot] === planned) return slot;
    const order = this.#places[slot];
    if (planned === ALWAYS_THE_SAME) this.#writeSame(order);
    else this.#writeEpoch(order, new RowOrder(this.#cut, { seed, epoch }));
    this.#planned[slot] = planned;
    return slot;
  }

  /** The row numbers of an epoch, in order, in one part. */
  rowsOf(epoch: number): Iterable<Uint32Array> {
    return [this.of(epoch)];
  }

  /** The row numbers of an epoch, in order. */
  of(epoch: number): Uint32Array {
    return this.#places[this.plan(epoch)];
  }

  /** The stored order, or that of the file if rows are not to be shuffled. */
  #writeSame(order: Uint32Array): void {
    for (let i = 0; i < order.length; i++) order[i] = i;
    this.#toPlaces(order);
  }

  #writeEpoch(order: Uint32Array, epoch: RowOrder): void {
    epoch.fill(order, 0, order.length);
    this.#toPlaces(order);
  }

  /** Replaces rows by their places in the arena: rows in stored order, or of the file if they are not to be shuffled. */
  #toPlaces(order: Uint32Array): void {
    const { shuffle, seed, storedBy } = this.#options;
    if (shuffle ? storedBy === seed : storedBy === null) return;
    this.#arenaPlaces ??= this.#placesOf(order.length);
    const places = this.#arenaPlaces;
    for (let i = 0; i < order.length; i++) order[i] = places[order[i]!]!;
  }

  #placesOf(rows: number): Uint32Array {
    const { shuffle, seed, storedBy } = this.#options;
    const order = shuffle ? orderByKey(rows, new Random(seed, 'shuffle')) : null;
    if (storedBy === null) return order!;
    const lying = orderByKey(rows, new Random(storedBy, 'shuffle'));
    const places = new Uint32Array(rows);
    for (let place = 0; place < rows; place++) places[lying[place]!] = place;
    return order ? order.map(row => places[row]!) : places;
  }
}
