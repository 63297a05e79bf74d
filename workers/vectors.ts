/**
 * Vectors of all parameters, which are slabs of the arena. Each worker processes some of their chunks. All workers add up
 * inner products by the tree over the chunks, so the bits don't depend on which worker had which. Runs in a pool thread.
 */
import { chunksOf } from '../src/model/chunks.js';
import { layersOf } from '../src/model/network.js';
import { entryOf } from '../src/model/plan.js';
import { partOf } from '../src/model/shards.js';
import type { Slots } from '../src/protocol/collective.js';
import type { Thread } from './thread.js';

/** Offset of a slab's first byte. */
export type Vector = number;

/** A chunk of this worker. */
interface OwnChunk {
  index: number;
  /** Bytes from the beginning of the slab. */
  at: number;
  length: number;
}

/** a · b over all parameters, and over those that are not biases. */
export interface Dot {
  all: number;
  weights: number;
}

export class Vectors {
  readonly #rules: Thread['kernels']['rules'];
  readonly #wait: () => void;
  readonly #chunks: number;
  /** Indexes of the chunks that contain weights, not biases. */
  readonly #weights: number[];
  readonly #own: OwnChunk[];
  /** Two slots for each chunk, used alternately, as one may still be read while the other is written. */
  readonly #sums: Slots;
  /** Each worker's largest |element| of a combination. */
  readonly #sizes: Slots;
  readonly #worker: number;
  #turn = 0;

  /** @param wait waits for all workers */
  constructor(thread: Thread, sums: Slots, sizes: Slots, workers: number, wait: () => void) {
    const { network, plan } = thread.setup;
    this.#rules = thread.kernels.rules;
    this.#wait = wait;
    this.#sums = sums;
    this.#sizes = sizes;
    this.#worker = thread.worker;
    const slab = entryOf(plan, 'w/1').offset;
    const layerAt = layersOf(network).map((_, i) => entryOf(plan, `w/${i + 1}`).offset - slab);
    const chunks = chunksOf(network);
    this.#chunks = chunks.length;
    this.#weights = chunks.flatMap(({ bias }, i) => (bias ? [] : [i]));
    const mine = partOf(chunks.length, workers, thread.worker);
    this.#own = chunks.slice(mine.begin, mine.end).map(({ layer, begin, end }, i) => {
      return { index: mine.begin + i, at: layerAt[layer]! + begin, length: (end - begin) / 4 };
    });
  }

  /** out ← a x + b y in this worker's chunks. Returns the largest |out| there; NaN if one is NaN. */
  combine(out: Vector, x: Vector, y: Vector, a: number, b: number): number {
    const size = this.#sizes.clear(this.#worker);
    for (const { at, length } of this.#own) {
      this.#rules.combine(out + at, size, x + at, y + at, length, a, b);
    }
    return this.#sizes.valueAt(this.#worker);
  }

  /** Inner products of up to DOTS_AT_ONCE pairs; waits for all workers. */
  dots(...pairs: [Vector, Vector][]): Dot[] {
    const first = this.#turn * this.#chunks;
    for (const { index, at, length } of this.#own) {
      for (const [k, [a, b]] of pairs.entries()) {
        this.#sums.note(first + index, this.#rules.dot(a + at, b + at, length), k);
      }
    }
    this.#wait();
    const dots = pairs.map((_, k) => ({
      all: this.#sums.sum(this.#chunks, k, first),
      weights: this.#sums.sumOf(this.#weights, k, first),
    }));
    // A worker that arrives at the next barrier has read these slots, so they are free again after it.
    this.#turn = 1 - this.#turn;
    return dots;
  }
}
