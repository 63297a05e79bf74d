/** How many trainings, trials of a search or members of an ensemble, run at once, and on how many workers each. It changes no bit. */
import { type Dataset, encodedBytes } from '../data/dataset.js';
import { usableCores } from '../session/cores.js';
import { usableMemory } from '../session/memory.js';
import type { TrainOptions } from '../train/options.js';

export interface Lanes {
  count: number;
  /** Workers of each training; null: as its options say. */
  workers: number | null;
}

/** Each training has its own copy of the rows; together they take at most this part of the memory that this process may use. */
const MEMORY_PART = 0.25;

/**
 * auto: one training a core if trainings have no given number of workers, else as many as the cores are enough for. A small
 * network trains little faster on two workers than on one, but two of them train twice as fast as one after the other.
 * @param trainings how many there are to run
 */
export function lanesOf(
  trainings: number,
  { workers = 'auto', shards = 'auto' }: Partial<TrainOptions>,
  { data, validation }: { data: Dataset; validation: Dataset | null },
  parallel: number | 'auto',
): Lanes {
  const cores = usableCores();
  const bytes = [data, validation].reduce(
    (sum, rows) => sum + (rows ? rows.rows * encodedBytes(rows) : 0),
    0,
  );
  const fitting = Math.floor((MEMORY_PART * usableMemory()) / bytes);
  const free = Math.max(1, Math.min(Math.floor(cores / (workers === 'auto' ? 1 : workers)), fitting));
  const count = Math.min(trainings, parallel === 'auto' ? free : parallel);
  if (count === 1 || workers !== 'auto') return { count, workers: null };
  const each = Math.max(1, Math.floor(cores / count));
  return { count, workers: shards === 'auto' ? each : Math.min(each, shards) };
}
