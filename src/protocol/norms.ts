/**
 * Norms over layers and over all parameters: each chunk's sum of squares lies in a place of its own, written by the
 * party that has the chunk, and after a barrier whoever needs a norm adds them up in the order of the chunks. So a
 * norm has the same bits for every number of parties.
 */
import type { Chunk } from '../model/chunks.js';
import { NORM_KINDS } from '../model/plan.js';

export type NormKind = (typeof NORM_KINDS)[number];

export class Norms {
  readonly #sums: Float64Array;
  readonly #chunks: readonly Chunk[];

  /** @param sums float64 (chunks, kinds) in the arena */
  constructor(sums: Float64Array, chunks: readonly Chunk[]) {
    this.#sums = sums;
    this.#chunks = chunks;
  }

  /** Notes Σ v² of a chunk; read by others after the next barrier. */
  note(chunk: number, kind: NormKind, sum: number): void {
    this.#sums[chunk * NORM_KINDS.length + NORM_KINDS.indexOf(kind)] = sum;
  }

  /** ‖v‖ over all chunks. */
  ofAll(kind: NormKind): number {
    return Math.sqrt(this.#chunks.reduce((sum, _, i) => sum + this.#sum(i, kind), 0));
  }

  /** ‖v‖ over the weights of each layer, biases excepted. */
  ofLayers(kind: NormKind): number[] {
    const squares: number[] = [];
    this.#chunks.forEach(({ layer, bias }, i) => {
      squares[layer] = (squares[layer] ?? 0) + (bias ? 0 : this.#sum(i, kind));
    });
    return squares.map(Math.sqrt);
  }

  #sum(chunk: number, kind: NormKind): number {
    return this.#sums[chunk * NORM_KINDS.length + NORM_KINDS.indexOf(kind)]!;
  }
}
