/** A worker's part in a step on several ranks, and what comes of it. */
import type { Registers } from '../../../../src/model/operations.js';
import { firstWorkerOf } from '../../../../src/model/team.js';
import { sumByTree } from '../../../../src/model/tree.js';
import type { Any, Flow } from '../runtime.js';
import { COLUMNS, gradientOf, sumOf, updated } from './step.js';

/** Gradient pass: reads w, writes a slab and metrics; the leader exchanges. Update pass: reads all slabs, writes a part of w. */
export class StubThread {
  readonly notice = null;
  readonly noise = null;
  readonly clock = null;
  readonly trail = { begin() {}, beginStep() {}, note() {} };
  readonly changeSlot: number;
  readonly metrics: Any;
  #meet: Any = null;
  #exchange: Any = null;
  readonly setup: Any;
  readonly worker: number;
  readonly #makeExchange: Any;

  constructor(setup: Any, worker: number, makeExchange: Any) {
    this.setup = setup;
    this.worker = worker;
    this.#makeExchange = makeExchange;
    const { team, slices } = setup.ranks;
    this.changeSlot = (slices ? firstWorkerOf(team, team.rank) : 0) + worker;
    this.metrics = setup.slots('metrics');
  }

  begin({ meet }: Any): void {
    this.#meet = meet;
  }

  stepRuns() {
    const self = this;
    return {
      *gradient(registers: Registers): Flow {
        self.#walk(registers);
        yield* self.#meet();
        if (self.worker > 0) return undefined;
        yield* self.#open();
        const { form, sliceOf } = self.setup;
        const slices = form === 'slices' ? self.setup.ranks.team.workers.map(sliceOf) : null;
        yield* self.#exchange.sums(registers, { isDivided: form !== 'block', slices });
        return undefined;
      },
      *update(): Flow {
        self.#apply();
        if (self.setup.form !== 'slices') return undefined;
        yield* self.#meet();
        if (self.worker === 0) yield* self.#exchange.spread({ places: self.setup.places });
        return undefined;
      },
    };
  }

  *#open(): Flow {
    if (this.#exchange) return undefined;
    this.#exchange = Object.create(this.#makeExchange.prototype);
    yield* this.#exchange.$make(this.setup);
    return undefined;
  }

  /** By block, worker 0 of each rank walks all shards. */
  #walk({ step }: Registers): void {
    const { setup, worker } = this;
    const { memory, form, all, ranks } = setup;
    const own = firstWorkerOf(ranks.team, ranks.team.rank) + worker;
    const shards = form !== 'block' ? [own] : worker === 0 ? [...Array(all).keys()] : [];
    const sum = sumOf(memory.w);
    for (const shard of shards) {
      for (let cell = 0; cell < all; cell++) {
        memory['gw0/1'][shard * all + cell] = gradientOf(sum, shard, step, cell);
      }
      memory.metrics[shard * COLUMNS] = sum + shard;
      memory.metrics[shard * COLUMNS + 1] = 0;
    }
  }

  #apply(): void {
    const { setup, worker, changeSlot } = this;
    const { memory, all, ranks, form } = setup;
    const workers = ranks.team.workers[ranks.team.rank];
    const first = firstWorkerOf(ranks.team, ranks.team.rank);
    for (let cell = 0; cell < all; cell++) {
      const isMine = form === 'slices' ? cell === first + worker : cell % workers === worker;
      if (!isMine) continue;
      let g = 0;
      for (let shard = 0; shard < all; shard++) g += memory['gw0/1'][shard * all + cell];
      memory.w[cell] = updated(memory.w[cell], g);
    }
    memory.change[changeSlot] = 1;
  }
}

/** Weights and sums of losses after each step, without ranks. */
export function expectedOf(steps: number, all: number): { w: number[]; losses: number[] } {
  let w = Array.from({ length: all }, (_, i) => i + 1);
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const sum = sumOf(w);
    const shards = [...Array(all).keys()];
    losses.push(sumByTree(all, shard => sum + shard));
    w = w.map((one, cell) =>
      updated(
        one,
        shards.reduce((g, shard) => g + gradientOf(sum, shard, step, cell), 0),
      ),
    );
  }
  return { w, losses };
}
