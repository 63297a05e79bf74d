/**
 * What the gradient noise scale is made of, for one step: Σ |∇Eₙ|² over its rows, a sum a shard, and |Σ ∇Eₙ|², a sum
 * for each part of the parameters. Each place has one writer in a step, and they are added up in their order: the same
 * bits for every number of workers. All are written in the update phase, read by worker 0 after the barrier that ends
 * it, and written again only after the next barrier.
 */
import { METRICS_PER_SHARD, type Plan, viewOf } from '../model/plan.js';

export class NoiseSums {
  readonly #shards: Float64Array;
  readonly #parts: Float64Array;
  readonly #steps: Float64Array;

  constructor(plan: Plan, memory: WebAssembly.Memory) {
    this.#shards = viewOf(plan, memory, 'noise/shards', 'f64');
    this.#parts = viewOf(plan, memory, 'noise/parts', 'f64');
    this.#steps = viewOf(plan, memory, 'step/noise', 'f64');
  }

  /** Σ |∇Eₙ|² over the rows of a shard. */
  noteShard(shard: number, sum: number): void {
    this.#shards[shard * METRICS_PER_SHARD] = sum;
  }

  /** Σ g² over a part of the gradient: a chunk, or a block where they are walked by block. */
  notePart(part: number, sum: number): void {
    this.#parts[part] = sum;
  }

  /**
   * Puts the sums of a step beside those of the epoch's others. By worker 0 alone.
   * @param shards of the batch
   * @param parts of the gradient: fewer than there are places for where other batches are walked otherwise
   */
  keep(step: number, shards: number, parts: number): void {
    let rows = 0;
    for (let s = 0; s < shards; s++) rows += this.#shards[s * METRICS_PER_SHARD]!;
    let batch = 0;
    for (let part = 0; part < parts; part++) batch += this.#parts[part]!;
    this.#steps[2 * step] = rows;
    this.#steps[2 * step + 1] = batch;
  }
}
