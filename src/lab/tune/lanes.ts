/** How many trials are trained at once, and on how many workers each. It changes no bit. */
import { type Dataset, encodedBytes } from '../../data/dataset.js';
import { usableCores } from '../../session/cores.js';
import { usableMemory } from '../../session/memory.js';
import type { TrainOptions } from '../../train/options.js';

export interface Lanes {
  count: number;
  /** Workers of each trial; null: as the options of the trial say. */
  workers: number | null;
}

/** Each trial has its own copy of the rows; together they take at most this part of the memory that this process may use. */
const MEMORY_PART = 0.25;

/**
 * auto: one trial a core if trials have no given number of workers, else as many as the cores are enough for. A small
 * network trains little faster on two workers than on one, but two of them train twice as fast as one after the other.
 * @param trials that a rung needs
 */
export function lanesOf(
  trials: number,
  { workers = 'auto', shards = 'auto' }: Partial<TrainOptions>,
  { data, validation }: { data: Dataset; validation: Dataset },
  parallel: number | 'auto',
): Lanes {
  const cores = usableCores();
  const bytes = data.rows * encodedBytes(data) + validation.rows * encodedBytes(validation);
  const fitting = Math.floor((MEMORY_PART * usableMemory()) / bytes);
  const free = Math.max(1, Math.min(Math.floor(cores / (workers === 'auto' ? 1 : workers)), fitting));
  const count = Math.min(trials, parallel === 'auto' ? free : parallel);
  if (count === 1 || workers !== 'auto') return { count, workers: null };
  const each = Math.max(1, Math.floor(cores / count));
  return { count, workers: shards === 'auto' ? each : Math.min(each, shards) };
}
