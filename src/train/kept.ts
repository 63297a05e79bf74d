/**
 * Pools whose job is over, kept for the next job of as many workers: to start threads takes longer than a small
 * training, and they come without compiled code. Owns them until they are taken, or have waited for long enough.
 */
import { WorkerPool } from './pool.js';

/** How long a pool is kept. */
const IDLE_MILLISECONDS = 1000;
/** What a job may have used of memory: its threads hold on to it until the next. */
const MOST_BYTES = 2 ** 26;

const idle = new Map<WorkerPool, NodeJS.Timeout>();

/** A pool of so many threads, kept or new. */
export function takePool(workers: number): WorkerPool {
  const kept = [...idle.keys()].find(pool => pool.workers === workers && pool.isIdle);
  if (!kept) return new WorkerPool(workers);
  clearTimeout(idle.get(kept));
  idle.delete(kept);
  return kept;
}

/** Keeps a pool whose job of so many bytes is over; closes it where it is of no more use. */
export async function returnPool(pool: WorkerPool, bytes: number): Promise<void> {
  if (!pool.isIdle || bytes > MOST_BYTES) await pool.close();
  else idle.set(pool, setTimeout(() => void end(pool), IDLE_MILLISECONDS).unref());
}

/** Ends the threads of all pools that are kept, and waits for that. */
export async function closeKept(): Promise<void> {
  await Promise.all([...idle.keys()].map(end));
}

async function end(pool: WorkerPool): Promise<void> {
  clearTimeout(idle.get(pool));
  idle.delete(pool);
  await pool.close();
}
