/** Chooses how many workers and shards a job runs on, once, before anything is allocated. */
import { optionError, usageError } from '../errors.js';
import type { BackendName } from '../kernels/kernels.js';
import { countParameters, type Network } from '../model/network.js';
import { option } from '../option-names.js';
import { wholeNumbers } from '../ranges.js';
import { usableCores } from './cores.js';

/** Who applies w ← w − α gradE: each worker to its slice, or the coordinator to all of w. The bits are the same. */
export type UpdateMode = 'sharded' | 'coordinator';

export interface MachineOptions {
  /** Threads that compute. auto: as many as cores, or fewer if the first steps are faster with fewer. */
  workers: number | 'auto';
  /**
   * Parts of a batch, the unit of arithmetic: at least as many as workers. auto: as many as workers or, if those are
   * auto too, one per core, fewer if a step is very short.
   */
  shards: number | 'auto';
  backend: 'auto' | BackendName;
  /** BLAS library, by path or name; null: the first of the usual ones that loads. */
  blas: string | null;
}

/** How often a worker checks a barrier before it sleeps: about 160 µs, many steps of a small net, five sleeps. */
// Measured by `lockstep bench --layers 32,64,64,2 --batch-size 64 --activation tanh`, 2 workers on 2 cores: 91 µs a
// step with 0 checks, 34 with 2,000, 27 with 20,000 and with 200,000.
const SPINS = 20_000;

/** A larger number of threads is a typing error. */
const MOST_WORKERS = 1024;
const MOST_SHARDS = 65_536;

export interface Machine {
  workers: number;
  shards: number;
  /** How often a worker checks a barrier before it sleeps: 0 if there are more threads than cores. */
  spins: number;
}

// Fewest operations for which another shard pays. Measured by `lockstep bench`, blas, 2 cores: a step of 2,000 (layers
// 4,8,3, 8 rows) takes 2.3 µs with one shard, 2.7 with two on two workers; one of 17,000 (4,16,3, 32 rows) 3.4 and
// 3.2; one of 140,000 (4,128,3, 32 rows) 7.6 and 6.1.
const SHARD_OPERATIONS = 8192;

/** Approximate number of operations of a step: six per weight and row. */
export function operationsOf(network: Network, batchRows: number): number {
  return 6 * batchRows * countParameters(network);
}

/**
 * Chooses workers and shards for a batch. auto: one worker per core, but no more than rows, shards, or parts that pay;
 * one shard per worker. Depends only on the configuration and the cores, as the shards decide the bits.
 * @throws usage if there are more workers than shards, or a number is out of range
 */
export function chooseMachine(options: MachineOptions, batchRows: number, operations: number): Machine {
  const cores = usableCores();
  const { workers: asked, shards: askedShards } = options;
  if (askedShards !== 'auto') checkCount('shards', askedShards, MOST_SHARDS);
  if (asked !== 'auto') checkCount('workers', asked, MOST_WORKERS);
  const paying = Math.max(1, Math.floor(operations / SHARD_OPERATIONS));
  const most = Math.min(batchRows, askedShards === 'auto' ? paying : askedShards);
  const workers = asked === 'auto' ? Math.max(1, Math.min(cores, most)) : asked;
  const shards = askedShards === 'auto' ? workers : askedShards;
  if (workers > shards) {
    throw usageError(
      `${option('workers')}: expected 1 to ${shards} (the shards), got ${workers}.`,
      `Try ${option('shards', workers)} or ${option('workers', shards)}.`,
    );
  }
  return { workers, shards, spins: workers <= cores ? SPINS : 0 };
}

function checkCount(property: string, value: number, most: number): void {
  const counts = wholeNumbers(1, most);
  if (!counts.has(value)) throw optionError(property, { expected: `auto or ${counts.expected}`, got: value });
}
