/** How the steps of one job are walked, each batch in its own way, and what the arena has to hold for all of them. */
import type { Backend } from '../kernels/choose.js';
import { type Folding, foldingOf, groupOf } from '../model/folding.js';
import type { Network } from '../model/network.js';
import type { PlanRequest } from '../model/plan.js';
import { usualShards } from '../model/shards.js';
import { countParts, foldFloats, planWalk, type Walk } from '../model/walk.js';
import { batchCut } from '../protocol/steps.js';
import type { StepCut } from '../protocol/tasks.js';

/** What the walks depend on. */
export interface WalkFacts {
  network: Network;
  /** How many were asked for. */
  shards: number | 'auto';
  /** Rows of the training data; null without training: then nothing is walked by block. */
  rows: number | null;
  /** Rows of all tables that are judged. */
  judged: number[];
}

export class Walks {
  readonly #facts: WalkFacts;
  readonly #sizes: readonly number[];

  /** @param sizes rows of a whole step, several where it changes */
  constructor(facts: WalkFacts, sizes: readonly number[]) {
    this.#facts = facts;
    this.#sizes = sizes;
  }

  /** How many shards a step of so many rows, or a table, is cut into. */
  shardsOf(rows: number): number {
    const { network, shards } = this.#facts;
    return shards === 'auto' ? usualShards(network, rows) : shards;
  }

  /** How steps of so many rows are walked. */
  of(batchRows: number): Walk {
    const { network, rows } = this.#facts;
    const walk = planWalk(network, batchRows, Math.min(batchRows, this.shardsOf(batchRows)));
    return rows === null ? { ...walk, byBlock: false, blockFloats: 0 } : walk;
  }

  /** How a step of so many rows is cut. */
  cutOf(batchRows: number): StepCut {
    return { shards: this.shardsOf(batchRows), microBatch: this.of(batchRows).microBatch };
  }

  /** How a table that is judged is cut. */
  tableCut(rows: number): StepCut {
    const microBatch = Math.max(...this.#sizes.map(size => this.of(size).microBatch));
    return { shards: this.shardsOf(rows), microBatch };
  }

  /** That of the largest batch. */
  get largest(): Walk {
    return this.of(Math.max(...this.#sizes));
  }

  /** Parts that the gradient of a step is cut into, of the batch that has the most. */
  get mostParts(): number {
    return Math.max(...this.#sizes.map(rows => countParts(this.#facts.network, this.of(rows).byBlock)));
  }

  /** For the plan of the memory. */
  room(backend: Backend, workers: number): Room {
    const byBlock = this.#sizes.filter(rows => this.of(rows).byBlock);
    return {
      shards: Math.max(...[...this.#sizes, ...this.#facts.judged].map(rows => this.shardsOf(rows))),
      blockRows: Math.max(0, ...byBlock),
      blockFloats: Math.max(0, ...byBlock.map(rows => this.of(rows).blockFloats)),
      ...this.#shardRoom(backend, workers),
    };
  }

  /** For batches that are walked by shard, and for tables that are judged. */
  #shardRoom(
    backend: Backend,
    workers: number,
  ): Pick<Room, 'scratchRows' | 'slabs' | 'foldBuffers' | 'foldFloats'> {
    const { network, judged } = this.#facts;
    const cuts = this.#batchesByShard.map(([rows, size]) => batchCut(backend, rows, this.cutOf(size)));
    const tables = judged.map(rows => foldingOf(batchCut(backend, rows, this.tableCut(rows)), workers));
    const foldings = cuts.flatMap(cut => halves(workers).map((count): Folding => foldingOf(cut, count)));
    const foldBuffers = Math.max(0, ...cuts.map(cut => 31 - Math.clz32(groupOf(cut))));
    return {
      scratchRows: Array.from({ length: workers }, (_, worker) => rowsOf(worker, [...foldings, ...tables])),
      slabs: Math.max(1, ...foldings.map(({ slabs }) => slabs)),
      foldBuffers,
      foldFloats: foldBuffers > 0 ? foldFloats(network) : 0,
    };
  }

  /** Rows of the batches that are walked by shard, the last of an epoch too, and those of a whole step. */
  get #batchesByShard(): [number, number][] {
    const { rows } = this.#facts;
    if (rows === null) return [];
    const sizes = this.#sizes.filter(size => !this.of(size).byBlock);
    return sizes.flatMap(size =>
      [size, rows % size].filter(Boolean).map((count): [number, number] => [count, size]),
    );
  }
}

type Room = Pick<
  PlanRequest,
  'scratchRows' | 'shards' | 'slabs' | 'foldBuffers' | 'foldFloats' | 'blockRows' | 'blockFloats'
>;

/** Rows that a worker walks at once, at most, by fours. The last workers may never take part with few others. */
function rowsOf(worker: number, foldings: readonly Folding[]): number {
  const own = foldings.flatMap(({ microBatches }) => microBatches[worker] ?? []);
  return Math.ceil(own.reduce((most, { rows }) => Math.max(most, rows), 1) / 4) * 4;
}

/** How many workers may take a step: all, or fewer by halves (train/probe.ts). */
function halves(workers: number): number[] {
  return workers === 1 ? [1] : [workers, ...halves(Math.floor(workers / 2))];
}
