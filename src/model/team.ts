/**
 * The ranks of a job (processes, usually one per machine) and their workers, and which shards each rank walks. Who walks a
 * shard changes no bit: all sums follow the tree (tree.ts). Pure.
 */
import { partOf, type Range } from './shards.js';

export interface Team {
  /** This process. */
  rank: number;
  /** Workers of each rank. */
  workers: readonly number[];
}

/** A process without others. */
export function teamOf(workers: number): Team {
  return { rank: 0, workers: [workers] };
}

/** Number of workers of all ranks. */
export function countWorkers({ workers }: Pick<Team, 'workers'>): number {
  return workers.reduce((sum, count) => sum + count, 0);
}

/** Number of the first worker of a rank among those of all ranks. */
export function firstWorkerOf({ workers }: Pick<Team, 'workers'>, rank: number): number {
  return countWorkers({ workers: workers.slice(0, rank) });
}

/** The workers among those of all ranks whose shares worker i has, if so many of its rank take part. */
export function sharesOf(team: Team, taking: number, i: number): Range {
  const first = firstWorkerOf(team, team.rank);
  const { begin, end } = partOf(team.workers[team.rank]!, taking, i);
  return { begin: first + begin, end: first + end };
}

/** A rank has about this many blocks of shards or more, so that none has much more work than another. */
const LEAST_BLOCKS = 8;

/**
 * The shards of each rank, in order, in proportion to its workers. Ranks begin at multiples of a power of two, so that each
 * has few subtrees to send.
 * @param unit number of shards that are never cut between ranks, a power of two
 */
export function shardsOfRanks(shards: number, unit: number, workers: readonly number[]): Range[] {
  let block = unit;
  while (2 * block * LEAST_BLOCKS * workers.length <= shards) block *= 2;
  const blocks = Math.ceil(shards / block);
  const all = countWorkers({ workers });
  let before = 0;
  return workers.map(count => {
    const begin = Math.floor((blocks * before) / all) * block;
    before += count;
    const end = Math.floor((blocks * before) / all) * block;
    return { begin, end: Math.min(end, shards) };
  });
}
