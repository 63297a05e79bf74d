/** Chooses how many workers and shards a job runs on, once, before anything is allocated. */
import { optionError, usageError } from '../errors.js';
import { BACKENDS, type BackendName } from '../kernels/kernels.js';
import type { Network } from '../model/network.js';
import { operationsOf, usualShards } from '../model/shards.js';
import { EXCHANGES, type ExchangeChoice } from '../model/sharing.js';
import type { WalkChoice } from '../model/walk.js';
import { option } from '../option-names.js';
import { wholeNumbers } from '../ranges.js';
import { usableCores } from './cores.js';

/** Who applies w ← w − α gradE: each worker to its slice, or the coordinator to all of w. The bits are the same. */
export type UpdateMode = 'sharded' | 'coordinator';

export interface MachineOptions {
  /** Threads that compute. auto: as many as cores, or fewer if the first steps are faster with fewer. */
  workers: number | 'auto';
  /**
   * Parts of a batch, the unit of arithmetic: if given, at least as many as workers. auto: depends only on the batch
   * and the network.
   */
  shards: number | 'auto';
  /** How batches are walked, by shard or by block; it decides the bits. auto by default: depends only on batch and network. */
  walk?: WalkChoice;
  /** How ranks exchange a step; auto by default: as is faster for the network. The bits are the same. */
  exchange?: ExchangeChoice;
  /** one: on this process alone, even if others train with it, for comparison; all by default. */
  ranks?: 'all' | 'one';
  backend: 'auto' | BackendName;
  /** BLAS library, by path or name; null: the first of the usual ones that loads. */
  blas: string | null;
}

/** The words of the options that have some. */
export const MACHINE_CHOICES = {
  walk: ['auto', 'shard', 'block'],
  exchange: ['auto', ...EXCHANGES],
  ranks: ['all', 'one'],
  backend: ['auto', ...BACKENDS],
};

/** How often a worker checks a barrier before it sleeps: about 160 µs, many steps of a small net, five sleeps. */
// Measured by `lockstep bench --layers 32,64,64,2 --batch-size 64 --activation tanh`, 2 workers on 2 cores: 91 µs a
// step with 0 checks, 34 with 2,000, 27 with 20,000 and with 200,000.
const SPINS = 20_000;

/** A larger number of threads is a typing error. */
const MOST_WORKERS = 1024;
const MOST_SHARDS = 65_536;

export interface Machine {
  workers: number;
  /** Of the largest batch. */
  shards: number;
  /** How often a worker checks a barrier before it sleeps: 0 if there are more threads than cores. */
  spins: number;
}

// Fewest operations for which another worker pays. Measured by `lockstep bench`, blas, 2 cores: a step of 2,000 (layers
// 4,8,3, 8 rows) takes 2.3 µs with one shard, 2.7 with two on two workers; one of 17,000 (4,16,3, 32 rows) 3.4 and
// 3.2; one of 140,000 (4,128,3, 32 rows) 7.6 and 6.1.
const WORKER_OPERATIONS = 8192;

/** How many ranks train together, and how many of them share the cores of this one. */
export interface RankCounts {
  size: number;
  onCpus: number;
}

/** The largest batch, whose steps decide. */
export interface StepSize {
  network: Network;
  batchRows: number;
  /** Whether it is walked by block: then there is work for more workers than shards. */
  byBlock: boolean;
}

/**
 * Chooses workers and shards for steps of this size. auto: one worker per core, but no more on all ranks than rows, shards, or
 * parts that pay. Shards decide the bits, so they don't depend on workers, ranks or cores.
 * @throws usage if there are more workers than given shards, or a number is out of range
 */
export function chooseMachine(
  options: MachineOptions,
  { network, batchRows, byBlock }: StepSize,
  ranks: RankCounts = { size: 1, onCpus: 1 },
): Machine {
  // Ranks on the same cores share them: three on two cores have less than one each.
  const share = usableCores() / ranks.onCpus;
  const cores = Math.max(1, Math.floor(share));
  const { workers: asked, shards: askedShards } = options;
  if (askedShards !== 'auto') checkCount('shards', askedShards, MOST_SHARDS);
  if (asked !== 'auto') checkCount('workers', asked, MOST_WORKERS);
  const shards = askedShards === 'auto' ? usualShards(network, batchRows) : askedShards;
  const paying =
    askedShards === 'auto'
      ? Math.max(1, Math.floor(operationsOf(network, batchRows) / WORKER_OPERATIONS))
      : shards;
  // By block, each rank walks the whole batch.
  const dividing = byBlock ? 1 : ranks.size;
  const most = Math.min(batchRows, paying, byBlock ? batchRows : shards) / dividing;
  const workers = asked === 'auto' ? Math.max(1, Math.min(cores, Math.ceil(most))) : asked;
  if (askedShards !== 'auto' && workers > shards) {
    throw usageError(
      `${option('workers')}: expected 1 to ${shards} (the shards), got ${workers}.`,
      `Try ${option('shards', workers)} or ${option('workers', shards)}.`,
    );
  }
  return { workers, shards, spins: workers <= share ? SPINS : 0 };
}

function checkCount(property: string, value: number, most: number): void {
  const counts = wholeNumbers(1, most);
  if (!counts.has(value)) throw optionError(property, { expected: `auto or ${counts.expected}`, got: value });
}
