/** How each batch size of a job is walked, and the room that the arena needs for all of them. */
import type { BackendName } from '../kernels/kernels.js';
import type { Network } from '../model/network.js';
import type { PlanRequest } from '../model/plan.js';
import { countParts, planWalk, type Walk } from '../model/walk.js';

interface WalkFacts {
  network: Network;
  shards: number;
  backend: BackendName;
  /** Without training, nothing is walked by block. */
  isTraining: boolean;
}

export class Walks {
  readonly #facts: WalkFacts;
  readonly #sizes: readonly number[];

  /** @param sizes rows of a full step, several if they change */
  constructor(facts: WalkFacts, sizes: readonly number[]) {
    this.#facts = facts;
    this.#sizes = sizes;
  }

  /** Walk of a batch. */
  of(batchRows: number): Walk {
    const { network, shards, backend, isTraining } = this.#facts;
    const walk = planWalk(network, batchRows, shards, backend);
    return isTraining ? walk : { ...walk, byBlock: false, blockFloats: 0 };
  }

  /** Walk of the largest batch. All batches use its micro-batch size: smaller shards still take one pass. */
  get largest(): Walk {
    return this.of(Math.max(...this.#sizes));
  }

  /** Number of parts that the gradient is cut into, for the batch that has the most. */
  get mostParts(): number {
    return Math.max(...this.#sizes.map(rows => countParts(this.#facts.network, this.of(rows).byBlock)));
  }

  /** What the memory plan needs to know. */
  get room(): Pick<PlanRequest, 'microBatch' | 'byShard' | 'blockRows' | 'blockFloats'> {
    const byBlock = this.#sizes.filter(rows => this.of(rows).byBlock);
    return {
      microBatch: this.largest.microBatch,
      byShard: byBlock.length < this.#sizes.length,
      blockRows: Math.max(0, ...byBlock),
      blockFloats: Math.max(0, ...byBlock.map(rows => this.of(rows).blockFloats)),
    };
  }
}
