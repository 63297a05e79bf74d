/**
 * Pools whose job is over, kept for the next job of as many workers: to start threads takes longer than a small
 * training, and they come without compiled code. Owns them until they are taken, or have waited for long enough.
 */
import type { WorkerPool } from './pool.js';

/** How long a pool is kept. */
const IDLE_MILLISECONDS = 1000;
/** What may be held on to: by the threads of one job that are kept, and by all jobs before it is collected (leftovers.ts). */
export const MOST_BYTES = 2 ** 26;

/** Those that are being closed among them. */
const kept = new Map<WorkerPool, NodeJS.Timeout>();

/** A pool of so many threads that is kept; null where there is none. */
export function takePool(workers: number): WorkerPool | null {
  const pool = [...kept.keys()].find(pool => pool.workers === workers && pool.isIdle) ?? null;
  if (pool) forget(pool);
  return pool;
}

/** Keeps a pool whose job of so many bytes is over; closes it where it is of no more use. */
export async function returnPool(pool: WorkerPool, bytes: number): Promise<void> {
  if (!pool.isIdle || bytes > MOST_BYTES) {
    await pool.close();
    return;
  }
  pool.begin(null);
  kept.set(pool, setTimeout(() => void end(pool), IDLE_MILLISECONDS).unref());
}

/** Ends the threads of all pools that are kept, and waits for that. */
export async function closeKept(): Promise<void> {
  await Promise.all([...kept.keys()].map(end));
}

async function end(pool: WorkerPool): Promise<void> {
  await pool.close();
  forget(pool);
}

function forget(pool: WorkerPool): void {
  clearTimeout(kept.get(pool));
  kept.delete(pool);
}
