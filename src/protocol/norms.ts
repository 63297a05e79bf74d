/**
 * Norms over layers and over all parameters. The party that has a chunk writes its sums of squares to a slot; after a
 * meeting, any party can add up the slots.
 */
import type { Chunk } from '../model/chunks.js';
import { NORM_KINDS } from '../model/plan.js';
import type { Slots } from './collective.js';

export type NormKind = (typeof NORM_KINDS)[number];

export class Norms {
  readonly #sums: Slots;
  readonly #chunks: number;
  /** Indexes of the chunks with weights, for each layer. */
  readonly #weightsOfLayers: number[][] = [];

  /** @param sums the entry `norms` of the plan, with a column for each kind */
  constructor(sums: Slots, chunks: readonly Chunk[]) {
    this.#sums = sums;
    this.#chunks = chunks.length;
    chunks.forEach(({ layer, bias }, i) => {
      this.#weightsOfLayers[layer] ??= [];
      if (!bias) this.#weightsOfLayers[layer].push(i);
    });
  }

  /** Writes Σ v² of a chunk. */
  note(chunk: number, kind: NormKind, sum: number): void {
    this.#sums.note(chunk, sum, NORM_KINDS.indexOf(kind));
  }

  /** ‖v‖ over all chunks. */
  ofAll(kind: NormKind): number {
    return Math.sqrt(this.#sums.sum(this.#chunks, NORM_KINDS.indexOf(kind)));
  }

  /** ‖v‖ over the weights of each layer, without biases. */
  ofLayers(kind: NormKind): number[] {
    const column = NORM_KINDS.indexOf(kind);
    return this.#weightsOfLayers.map(chunks => Math.sqrt(this.#sums.sumOf(chunks, column)));
  }
}
