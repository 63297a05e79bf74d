/**
 * Presets: values of several options that go together, for the command line and the library. Options that are given
 * replace those of the preset. A run records the values, not the preset. Pure.
 */
import type { Dataset, Task } from '../data/dataset.js';
import type { PresetEncoding } from '../data/table/options.js';
import { usageError } from '../errors.js';
import type { Activation } from '../model/network.js';
import type { Optimizer } from '../model/optimizer.js';
import type { ScheduleName } from '../model/schedule.js';
import { option } from '../option-names.js';
import type { TrainOptions } from './options.js';

/** auto: the preset for tables, if the data is one with enough rows and nothing says that other rates are meant. */
export type PresetChoice = 'auto' | 'none' | 'tabular';

/** What a preset depends on: the training rows. */
interface PresetData {
  task: Task;
  rows: number;
}

/** What is given, as far as some values go with it and others don't. */
interface GivenToPreset {
  /** Name of the optimizer; null if none is given. */
  rule: string | null;
  hasInit: boolean;
  hasBatchSchedule: boolean;
}

/** The values of a preset, each named as in the library. */
export interface PresetValues
  extends Partial<
      Pick<
        TrainOptions,
        'initScheme' | 'zeroOutput' | 'learningRate' | 'dropLast' | 'epochs' | 'labelSmoothing'
      >
    >,
    Partial<Pick<Optimizer, 'biasRate' | 'fanInRate' | 'inputScale'>> {
  hidden: number[];
  activation: Activation;
  batchSize?: number;
  optimizer?: 'adam';
  beta2?: number;
  schedule?: ScheduleName;
}

export interface Preset {
  /** Options that decide how a table is encoded, and so apply before it is read. */
  encoding: PresetEncoding;
  training(data: PresetData, given: GivenToPreset): PresetValues;
}

/** Passes over the data, and the samples from which there are fewer, but not fewer than the least. */
const MOST_EPOCHS = 256;
const MOST_SAMPLES = 4_000_000;
const LEAST_EPOCHS = 8;
const BATCH_ROWS = 256;

/**
 * RealMLP-TD-S (Holzmüller, Grinsztajn and Steinwart 2024, arXiv 2407.04491, table A.1), with less label smoothing,
 * which leaves probabilities better than 0.1 does, and with fewer epochs on many rows.
 */
const TABULAR: Preset = {
  encoding: { scale: 'robust', numberBins: 8, clipPredictions: true },
  training: ({ task, rows }, { rule, hasInit, hasBatchSchedule }) => ({
    hidden: [256, 256, 256],
    activation: task === 'regression' ? 'mish' : 'selu',
    ...(!hasInit && { initScheme: 'ntp', zeroOutput: true }),
    ...((rule ?? 'adam') === 'adam' && ratesFor(task)),
    ...(!hasBatchSchedule && { batchSize: Math.min(BATCH_ROWS, rows) }),
    // Of two classes it makes the error larger (docs/training.md).
    ...(task === 'multiclass' && { labelSmoothing: 0.03 }),
    dropLast: true,
    epochs: Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.ceil(MOST_SAMPLES / rows))),
  }),
};

/** The rates go with adam: other rules need others. */
function ratesFor(task: Task): Partial<PresetValues> {
  return {
    optimizer: 'adam',
    beta2: 0.95,
    learningRate: task === 'regression' ? 0.07 : 0.04,
    schedule: 'coslog4',
    biasRate: 0.1,
    fanInRate: true,
    // Over six tables of numbers in three splits, the RMSE with it was 4 % larger (scripts/studies/tables).
    ...(task !== 'regression' && { inputScale: 6 }),
  };
}

const PRESETS = { tabular: TABULAR } as const;

/** Fewer rows are learnt as without a preset: they have no validation rows by default, which decide which epoch is kept. */
const LEAST_ROWS = 250;

/** A preset, and the least rows of a table with which it applies. */
export interface ChosenPreset {
  preset: Preset;
  leastRows: number;
}

/** @param hasRates whether what is given has rates that go with the plain defaults, so that auto is none */
export function choosePreset(choice: PresetChoice, hasRates: boolean): ChosenPreset | null {
  if (choice === 'none' || (choice === 'auto' && hasRates)) return null;
  if (choice === 'auto') return { preset: PRESETS.tabular, leastRows: LEAST_ROWS };
  return { preset: PRESETS[choice], leastRows: 1 };
}

/**
 * Whether a preset applies to the data.
 * @param rows those of the data and those that were drawn from it for validation
 * @throws usage if it is asked for and the data is not what it is for
 */
export function presetApplies(
  choice: PresetChoice,
  { leastRows }: ChosenPreset,
  data: Dataset,
  rows: number,
): boolean {
  if (isTable(data) && rows >= leastRows) return true;
  if (choice === 'auto') return false;
  throw usageError(
    `${option('preset', choice)} is for tables with a target, and ${data.source} is none.`,
    `Leave ${option('preset')} out.`,
  );
}

export function isTable({ encoding, source }: Dataset): boolean {
  return encoding.kind === 'table' && !encoding.targetIsInput && !source.startsWith('synthetic:');
}
