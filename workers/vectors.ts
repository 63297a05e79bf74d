/**
 * Whole vectors of parameters, slabs of the arena, worked on by all workers together: each has some chunks of them.
 * Inner products are added up by everyone in the order of the chunks, so their bits don't depend on who had which.
 * Runs in a pool thread.
 */
import type { VectorKernels } from '../src/kernels/rules/vectors.js';
import { chunksOf } from '../src/model/chunks.js';
import { layersOf } from '../src/model/network.js';
import { DOTS_AT_ONCE, entryOf, viewOf } from '../src/model/plan.js';
import { partOf } from '../src/protocol/shards.js';
import type { Setup } from '../src/protocol/tasks.js';

/** A slab, by the offset of its first byte. */
export type Vector = number;

/** A chunk that is this worker's. */
interface OwnChunk {
  index: number;
  /** Bytes from the beginning of the slab. */
  at: number;
  length: number;
  bias: boolean;
}

/** a · b over all parameters, and over those that are no biases. */
export interface Dot {
  all: number;
  weights: number;
}

export class Vectors {
  readonly #rules: VectorKernels;
  readonly #wait: () => void;
  readonly #isBias: boolean[];
  readonly #own: OwnChunk[];
  /** (2, chunks, DOTS_AT_ONCE): two places by turns, as one may still be read while the next is written. */
  readonly #sums: Float64Array;
  #turn = 0;

  /** @param wait comes to the barrier of all workers */
  constructor(rules: VectorKernels, setup: Setup, workers: number, worker: number, wait: () => void) {
    const { network, plan, memory } = setup;
    this.#rules = rules;
    this.#wait = wait;
    this.#sums = viewOf(plan, memory, 'dots', 'f64');
    const slab = entryOf(plan, 'w/1').offset;
    const layerAt = layersOf(network).map((_, i) => entryOf(plan, `w/${i + 1}`).offset - slab);
    const chunks = chunksOf(network);
    this.#isBias = chunks.map(({ bias }) => bias);
    const mine = partOf(chunks.length, workers, worker);
    this.#own = chunks.slice(mine.begin, mine.end).map(({ layer, bias, begin, end }, i) => {
      return { index: mine.begin + i, at: layerAt[layer]! + begin, length: (end - begin) / 4, bias };
    });
  }

  /** out ← a x + b y in this worker's chunks. Returns the largest |out| there, NaN where one is not a number. */
  combine(out: Vector, x: Vector, y: Vector, a: number, b: number): number {
    let most = 0;
    for (const { at, length } of this.#own) {
      most = Math.max(most, this.#rules.combine(out + at, x + at, y + at, length, a, b));
    }
    return most;
  }

  /** gw(0) ← scale Σ gw(s) + l2 w in this worker's chunks, biases without the second. */
  collect(gw: Vector, w: Vector, { stride, slabs, scale, l2 }: Collection): void {
    for (const { at, length, bias } of this.#own) {
      const decay = bias ? 0 : l2;
      this.#rules.collect(gw + at, w + at, stride, slabs, length, scale, decay, 0, Number.POSITIVE_INFINITY);
    }
  }

  /** The inner products of up to DOTS_AT_ONCE pairs, once all workers have come to it. */
  dots(...pairs: [Vector, Vector][]): Dot[] {
    const chunks = this.#isBias.length;
    const place = (chunk: number, pair: number) => (this.#turn * chunks + chunk) * DOTS_AT_ONCE + pair;
    for (const { index, at, length } of this.#own) {
      for (const [k, [a, b]] of pairs.entries()) {
        this.#sums[place(index, k)] = this.#rules.dot(a + at, b + at, length);
      }
    }
    this.#wait();
    const dots = pairs.map((_, k) => {
      let all = 0;
      let weights = 0;
      for (let chunk = 0; chunk < chunks; chunk++) {
        const sum = this.#sums[place(chunk, k)]!;
        all += sum;
        if (!this.#isBias[chunk]) weights += sum;
      }
      return { all, weights };
    });
    // Whoever comes to the next barrier has read these: the place is free again for the next but one.
    this.#turn = 1 - this.#turn;
    return dots;
  }
}

/** How a gradient is collected from its shards. */
export interface Collection {
  /** Bytes from one shard's slab to the next. */
  stride: number;
  slabs: number;
  scale: number;
  l2: number;
}
