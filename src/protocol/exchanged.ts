/**
 * What ranks tell each other in a step besides gradients: whether to stop, and the sums of their shards. A rank's message is
 * a row of the plan's `exchange`. Owns no memory; runs on the leader of the workers, between two barriers.
 */
import { EXCHANGED_PER_SHARD, EXCHANGED_WORDS, entryOf, type Plan, viewOf } from '../model/plan.js';
import type { Range } from '../model/shards.js';
import { Slots } from './collective.js';
import { LOSS, RIGHT } from './metrics.js';

const STOP = 0;

export class ExchangedSums {
  readonly #rows: Float64Array;
  readonly #offset: number;
  readonly #width: number;
  readonly #metrics: Slots;
  /** null if the noise scale is not measured. */
  readonly #noise: Slots | null;

  constructor(plan: Plan, memory: WebAssembly.Memory, noiseScale: boolean) {
    const { offset, shape } = entryOf(plan, 'exchange');
    this.#rows = viewOf(plan, memory, 'exchange', 'f64');
    this.#offset = offset;
    this.#width = shape[1]!;
    this.#metrics = new Slots(plan, memory, 'metrics');
    this.#noise = noiseScale ? new Slots(plan, memory, 'noise/shards') : null;
  }

  /** Where the message of a rank with these shards lies, in bytes of the arena. */
  placeOf(rank: number, { begin, end }: Range): Range {
    const offset = this.#offset + rank * this.#width * 8;
    return { begin: offset, end: offset + 8 * (EXCHANGED_WORDS + EXCHANGED_PER_SHARD * (end - begin)) };
  }

  /** Writes this rank's message. @param shards whose sums it contains */
  pack(rank: number, shards: Range, wantsStop: boolean): void {
    let at = rank * this.#width;
    this.#rows[at + STOP] = Number(wantsStop);
    at += EXCHANGED_WORDS;
    for (let shard = shards.begin; shard < shards.end; shard++, at += EXCHANGED_PER_SHARD) {
      this.#rows[at] = this.#metrics.at(shard, LOSS);
      this.#rows[at + 1] = this.#metrics.at(shard, RIGHT);
      this.#rows[at + 2] = this.#noise?.at(shard) ?? 0;
    }
  }

  /** Writes what another rank has sent to where its shards' sums belong. Returns whether it wants to stop. */
  unpack(rank: number, shards: Range): boolean {
    const first = rank * this.#width;
    let at = first + EXCHANGED_WORDS;
    for (let shard = shards.begin; shard < shards.end; shard++, at += EXCHANGED_PER_SHARD) {
      this.#metrics.note(shard, this.#rows[at]!, LOSS);
      this.#metrics.note(shard, this.#rows[at + 1]!, RIGHT);
      this.#noise?.note(shard, this.#rows[at + 2]!);
    }
    return this.#rows[first + STOP] !== 0;
  }
}
