/**
 * Sums of one step for the gradient noise scale: Σ |∇Eₙ|² over its rows, with a slot for each shard, and |Σ ∇Eₙ|², with a
 * slot for each part of the parameters. All slots are written in the update phase, read by worker 0 after the meeting that
 * ends it, and written again only after the next meeting.
 */
import { type Plan, viewOf } from '../model/plan.js';
import { Slots } from './collective.js';

export class NoiseSums {
  readonly #shards: Slots;
  readonly #parts: Slots;
  readonly #steps: Float64Array;

  constructor(plan: Plan, memory: WebAssembly.Memory) {
    this.#shards = new Slots(plan, memory, 'noise/shards');
    this.#parts = new Slots(plan, memory, 'noise/parts');
    this.#steps = viewOf(plan, memory, 'step/noise', 'f64');
  }

  /** Σ |∇Eₙ|² over the rows of a shard. */
  noteShard(shard: number, sum: number): void {
    this.#shards.note(shard, sum);
  }

  /** Σ g² over a part of the gradient: a chunk, or a block if the step is walked by block. */
  notePart(part: number, sum: number): void {
    this.#parts.note(part, sum);
  }

  /**
   * Worker 0 stores the sums of a step with those of the epoch's other steps.
   * @param shards of the batch
   * @param parts of the gradient; there may be more slots, for batches with another walk
   */
  keep(step: number, shards: number, parts: number): void {
    this.#steps[2 * step] = this.#shards.sum(shards);
    this.#steps[2 * step + 1] = this.#parts.sum(parts);
  }
}
