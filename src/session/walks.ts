/** How the steps of one job are walked, each batch in its own way, and what the arena has to hold for all of them. */
import type { BackendName } from '../kernels/kernels.js';
import type { Network } from '../model/network.js';
import type { PlanRequest } from '../model/plan.js';
import { countParts, planWalk, type Walk } from '../model/walk.js';

/** What the walks depend on. */
export interface WalkFacts {
  network: Network;
  shards: number;
  backend: BackendName;
  /** Without training nothing is walked by block. */
  isTraining: boolean;
}

export class Walks {
  readonly #facts: WalkFacts;
  readonly #sizes: readonly number[];

  /** @param sizes rows of a whole step, several where it changes */
  constructor(facts: WalkFacts, sizes: readonly number[]) {
    this.#facts = facts;
    this.#sizes = sizes;
  }

  /** How steps of so many rows are walked. */
  of(batchRows: number): Walk {
    const { network, shards, backend, isTraining } = this.#facts;
    const walk = planWalk(network, batchRows, shards, backend);
    return isTraining ? walk : { ...walk, byBlock: false, blockFloats: 0 };
  }

  /** That of the largest batch, whose micro-batch all have: smaller shards are walked at once all the same. */
  get largest(): Walk {
    return this.of(Math.max(...this.#sizes));
  }

  /** Parts that the gradient of a step is cut into, of the batch that has the most. */
  get mostParts(): number {
    return Math.max(...this.#sizes.map(rows => countParts(this.#facts.network, this.of(rows).byBlock)));
  }

  /** For the plan of the memory. */
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
