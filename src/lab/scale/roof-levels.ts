/** How many bytes each worker goes over, so that they come from one level of memory. Pure. */
import type { Topology } from '../machine/topology.js';
import type { MemoryLevel } from './scaling-schema.js';

/** What one worker goes over again and again. */
export interface LevelBytes {
  level: MemoryLevel;
  bytes: number;
}

/** Of memory, all workers together go over this many times the last cache, as STREAM's rules require. */
const TIMES_LAST_CACHE = 4;
const MEBIBYTE = 2 ** 20;
/** Bytes of memory of all workers together: at least these, and at most those, because a job has 4 GiB. */
const LEAST_MEMORY = 256 * MEBIBYTE;
const MOST_MEMORY = 3072 * MEBIBYTE;
/** Most bytes of a cache, so that a worker with a large cache goes over it often. */
const MOST_CACHE = 64 * MEBIBYTE;

/**
 * Half of a worker's share of the second and third level, if that is at least twice what it has of the level before, and
 * memory. A level that is not known is left out, and memory if caches hold half of what may be taken of it.
 * @param memory bytes that this process may use, of which at most half are taken
 */
export function levelsFor(
  { caches, threadsPerCore }: Pick<Topology, 'caches' | 'threadsPerCore'>,
  workers: number,
  memory: number,
): LevelBytes[] {
  /** Bytes that a worker has of a level if workers are on cores next to each other. */
  const shareOf = (level: number) => {
    const cache = caches.find(one => one.level === level);
    if (cache === undefined) return 0;
    const cores = Math.max(1, Math.round(cache.sharing / (threadsPerCore ?? 1)));
    return cache.bytes / Math.min(workers, cores);
  };
  const levels = [2, 3].flatMap((number): LevelBytes[] => {
    const bytes = Math.min(roundDown(shareOf(number) / 2), MOST_CACHE);
    return bytes >= 2 * shareOf(number - 1) && bytes > 0
      ? [{ level: `level ${number as 2 | 3}`, bytes }]
      : [];
  });
  const last = Math.max(0, ...caches.map(({ level }) => level));
  const lastBytes = (countOf: (cache: Topology['caches'][number]) => number) =>
    caches.reduce((sum, cache) => sum + (cache.level === last ? cache.bytes * countOf(cache) : 0), 0);
  const wanted = Math.max(TIMES_LAST_CACHE * lastBytes(({ count }) => count), LEAST_MEMORY);
  const all = Math.min(wanted, MOST_MEMORY, memory / 2);
  const isBeyondCaches = all >= 2 * lastBytes(({ count }) => Math.min(count, workers));
  return isBeyondCaches ? [...levels, { level: 'memory', bytes: roundDown(all / workers) }] : levels;
}

const roundDown = (bytes: number) => Math.floor(bytes / 4096) * 4096;
