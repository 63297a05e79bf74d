/** How each batch size of a job is walked, and the room that the arena needs for all of them. */
import type { Backend } from '../kernels/choose.js';
import { type Folding, foldingOf, groupOf } from '../model/folding.js';
import type { Network } from '../model/network.js';
import type { PlanRequest } from '../model/plan.js';
import { usualShards } from '../model/shards.js';
import { countWorkers, type Team, teamOf } from '../model/team.js';
import { countParts, foldFloats, planWalk, type Walk, type WalkChoice } from '../model/walk.js';
import { batchCut } from '../protocol/steps.js';
import type { StepCut } from '../protocol/tasks.js';

export interface WalkFacts {
  network: Network;
  shards: number | 'auto';
  /** Rows of the training data; null without training: then nothing is walked by block. */
  rows: number | null;
  /** Rows of each table that is judged. */
  judged: number[];
  /** Whether parts of a table, or other tables of fewer rows, are judged: their micro-batches may be larger. */
  judgesParts?: boolean;
  /** Whether shards that are walked together always are the same. */
  wholeGroups: boolean;
  walk?: WalkChoice;
}

export class Walks {
  readonly #facts: WalkFacts;
  readonly #sizes: readonly number[];

  /** @param sizes rows of a full step, several if they change */
  constructor(facts: WalkFacts, sizes: readonly number[]) {
    this.#facts = facts;
    this.#sizes = sizes;
  }

  /** Number of shards of a batch or a table. */
  shardsOf(rows: number): number {
    const { network, shards } = this.#facts;
    return shards === 'auto' ? usualShards(network, rows) : shards;
  }

  /** Walk of a batch. */
  of(batchRows: number): Walk {
    const { network, rows, wholeGroups, walk: choice } = this.#facts;
    const shards = Math.min(batchRows, this.shardsOf(batchRows));
    const walk = planWalk(network, batchRows, shards, wholeGroups, choice);
    return rows === null ? { ...walk, byBlock: false, blockFloats: 0 } : walk;
  }

  /** How a batch is cut. */
  cutOf(batchRows: number): StepCut {
    return { shards: this.shardsOf(batchRows), microBatch: this.of(batchRows).microBatch };
  }

  /** How a table that is judged is cut. */
  tableCut(rows: number): StepCut {
    const microBatch = Math.max(...this.#sizes.map(size => this.of(size).microBatch));
    return { shards: this.shardsOf(rows), microBatch };
  }

  /** Walk of the largest batch. */
  get largest(): Walk {
    return this.of(Math.max(...this.#sizes));
  }

  /** Whether all batches are walked by shard. */
  get isByShard(): boolean {
    return !this.#sizes.some(rows => this.of(rows).byBlock);
  }

  /** Number of parts that the gradient is cut into, for the batch that has the most. */
  mostParts(byRows: boolean): number {
    return Math.max(
      ...this.#sizes.map(rows => countParts(this.#facts.network, this.of(rows).byBlock, byRows)),
    );
  }

  /** What the memory plan of one rank needs to know. */
  room(backend: Backend, team: Team): Room {
    const ranks = team.workers.length;
    const byBlock = this.#sizes.filter(rows => this.of(rows).byBlock);
    return {
      shards: Math.max(...[...this.#sizes, ...this.#facts.judged].map(rows => this.shardsOf(rows))),
      blockRows: Math.max(0, ...byBlock),
      blockFloats: Math.max(0, ...byBlock.map(rows => this.of(rows).blockFloats)),
      ...{ ranks, allWorkers: countWorkers(team), ...this.#shardRoom(backend, team) },
    };
  }

  /** Room for batches that are walked by shard, and for tables that are judged. */
  #shardRoom(
    backend: Backend,
    team: Team,
  ): Pick<Room, 'scratchRows' | 'slabs' | 'foldBuffers' | 'foldFloats'> {
    const { network, judged } = this.#facts;
    const ranks = team.workers.length;
    const workers = team.workers[team.rank]!;
    const cuts = this.#batchesByShard.map(([rows, size]) => batchCut(backend, rows, this.cutOf(size)));
    const tables = judged.map(rows => foldingOf(batchCut(backend, rows, this.tableCut(rows)), team));
    const foldings = cuts.flatMap(cut =>
      halves(Math.max(...team.workers)).map((most): Folding => {
        const own = Math.min(workers, most);
        return foldingOf(cut, ranks > 1 ? team : teamOf(own), own);
      }),
    );
    const foldBuffers = Math.max(0, ...cuts.map(cut => 31 - Math.clz32(groupOf(cut))));
    const most = this.#facts.judgesParts ? this.tableCut(1).microBatch : 0;
    return {
      scratchRows: Array.from({ length: workers }, (_, worker) =>
        Math.max(most, rowsOf(worker, [...foldings, ...tables])),
      ),
      slabs: Math.max(1, ...foldings.map(({ slabs }) => slabs)),
      foldBuffers,
      foldFloats: foldBuffers > 0 ? foldFloats(network) : 0,
    };
  }

  /** Rows of each batch that is walked by shard, including the last of an epoch, and rows of its full step. */
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
  | 'scratchRows'
  | 'shards'
  | 'slabs'
  | 'foldBuffers'
  | 'foldFloats'
  | 'blockRows'
  | 'blockFloats'
  | 'ranks'
  | 'allWorkers'
>;

/** Most rows that a worker processes at once, a multiple of 4. With fewer workers, the last ones don't take part. */
function rowsOf(worker: number, foldings: readonly Folding[]): number {
  const own = foldings.flatMap(({ microBatches }) => microBatches[worker] ?? []);
  return Math.ceil(own.reduce((most, { rows }) => Math.max(most, rows), 1) / 4) * 4;
}

/** Most workers of each rank in a step: all, a half, a quarter, … (train/probe.ts). */
function halves(workers: number): number[] {
  return workers === 1 ? [1] : [workers, ...halves(Math.floor(workers / 2))];
}
