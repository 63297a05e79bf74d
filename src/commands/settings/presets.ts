/**
 * Presets: values of several options that go together. Options that are given replace those of the preset. A run records
 * the values, not the preset. Pure.
 */
import type { Settings } from '../../config/options.js';
import type { Task } from '../../data/dataset.js';

/** What a preset depends on: the training rows. */
export interface PresetData {
  task: Task;
  rows: number;
}

interface Preset {
  /** Options that decide how a table is encoded, and so apply before it is read. */
  encoding: Partial<Pick<Settings, 'scale' | 'clipPredictions'>>;
  /** @param given what the user chose, which some values go with and others don't */
  training(data: PresetData, given: Partial<Settings>): Partial<Settings>;
}

/** Passes over the data, and the samples from which there are fewer, but not fewer than the least. */
const MOST_EPOCHS = 256;
const MOST_SAMPLES = 4_000_000;
const LEAST_EPOCHS = 8;
const BATCH_ROWS = 256;

/**
 * RealMLP-TD-S (Holzmüller, Grinsztajn and Steinwart 2024, arXiv 2407.04491, table A.1), without label smoothing, which
 * makes probabilities worse, and with fewer epochs on many rows.
 */
const TABULAR: Preset = {
  encoding: { scale: 'robust', clipPredictions: true },
  training: ({ task, rows }, given) => ({
    hidden: [256, 256, 256],
    activation: [task === 'regression' ? 'mish' : 'selu'],
    ...(given.init == null && { initScheme: 'ntp', zeroOutput: true }),
    ...((given.optimizer ?? 'adam') === 'adam' && ratesFor(task)),
    ...(given.batchSchedule == null && { batchSize: Math.min(BATCH_ROWS, rows) }),
    dropLast: true,
    epochs: Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.ceil(MOST_SAMPLES / rows))),
  }),
};

/** The rates go with adam: other rules need others. */
function ratesFor(task: Task): Partial<Settings> {
  return {
    optimizer: 'adam',
    beta2: 0.95,
    lr: task === 'regression' ? 0.07 : 0.04,
    lrSchedule: 'coslog4',
    biasLr: 0.1,
    fanInLr: true,
    // Over six tables of numbers in three splits, the RMSE with it was 4 % larger (scripts/studies/tables).
    ...(task !== 'regression' && { inputScale: 6 }),
  };
}

export const PRESETS = { tabular: TABULAR } as const;
export type PresetName = keyof typeof PRESETS;
