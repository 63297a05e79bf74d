/** How many workers and shards a job runs on. Decided once, before anything is allocated. */
import { usageError } from '../errors.js';
import { usableCores } from './cores.js';
import type { MachineOptions } from './types.js';

/** A number of looks at the barrier that takes about 50 µs: some steps of a small net, two sleeps. */
// Measured by `lockstep bench --layers 32,64,64,2 --batch-size 64 --activation tanh`, 2 workers on 2 cores: 91 µs a
// step with 0 looks, 34 with 2,000, 27 with 20,000 and with 200,000.
const SPINS = 20_000;

/** More threads than this are a mistake of typing. */
const MOST_WORKERS = 1024;
const MOST_SHARDS = 65_536;

export interface Machine {
  workers: number;
  shards: number;
  /** Looks at the barrier before sleeping: none where there are more threads than cores. */
  spins: number;
}

/**
 * Workers and shards for batches of so many rows. auto: a worker a core, but no more than rows or shards;
 * a shard a worker.
 * @throws usage where there are more workers than shards, or numbers out of range
 */
export function chooseMachine(options: MachineOptions, batchRows: number): Machine {
  const cores = usableCores();
  const { workers: asked, shards: askedShards } = options;
  if (askedShards !== 'auto') checkCount('--shards', askedShards, MOST_SHARDS);
  if (asked !== 'auto') checkCount('--workers', asked, MOST_WORKERS);
  const most = Math.min(batchRows, askedShards === 'auto' ? MOST_SHARDS : askedShards);
  const workers = asked === 'auto' ? Math.max(1, Math.min(cores, most)) : asked;
  const shards = askedShards === 'auto' ? workers : askedShards;
  if (workers > shards) {
    throw usageError(
      `--workers: expected 1 to ${shards} (the shards), got ${workers}.`,
      `Try --shards ${workers} or --workers ${shards}.`,
    );
  }
  return { workers, shards, spins: workers <= cores ? SPINS : 0 };
}

function checkCount(name: string, value: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw usageError(`${name}: expected auto or a whole number from 1 to ${most}, got ${value}.`);
  }
}
