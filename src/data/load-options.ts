/** Options of loading data, their defaults, and which of them are for tables only. */
import { usageError } from '../errors.js';
import { option } from '../option-names.js';
import {
  FILE_DEFAULTS,
  type FileOptions,
  type TableOptions,
  type TableWithOptions,
} from './table/options.js';

export interface LoadOptions extends TableOptions {
  /** What to do with validation texts that no training row has. */
  unseen?: 'error' | 'ignore';
  /** A separate source, or the share of the rows to hold out; 0 or null: none. */
  validation: string | number | null;
  /** Whether a usual share of a table's rows is held out if `validation` is null; false by default. */
  splitsTables?: boolean;
  seed: number;
}

/** Defaults, as on the command line. */
export const LOAD_DEFAULTS: LoadOptions = {
  ...FILE_DEFAULTS,
  target: null,
  features: null,
  ignore: null,
  task: 'auto',
  categorical: null,
  dates: 'error',
  hashBuckets: null,
  scale: 'standard',
  numberBins: 0,
  standardizeTargets: true,
  targetTransform: 'none',
  clipPredictions: false,
  missing: 'error',
  missingTarget: 'error',
  missingIndicator: false,
  validation: null,
  seed: 1,
};

export interface LoadWithOptions extends Partial<Omit<TableWithOptions, 'task'>> {
  /** For a folder of images: whether to load its validation set (t10k, the default) or its training set. */
  validationPart?: boolean;
  /** Whether targets are required; if not, y is empty. */
  requireTargets: boolean;
  /** m(0) of the network; needed for images, whose encoding doesn't contain it. */
  width?: number;
  /** Seed of synthetic data. */
  seed?: number;
}

/** Defaults of reading rows for a trained network. */
export const WITH_DEFAULTS = {
  ...FILE_DEFAULTS,
  dropIncomplete: false,
  missingTarget: 'error',
  unseen: 'error',
} as const;

/** Options that other sources have too, or that the caller settles. */
const OF_ALL = ['format', 'task', 'validation', 'seed', 'standardizeTargets'];

/** Options that apply to tables only, with their defaults: for other sources they would have no effect. */
const OF_TABLES = Object.entries({
  ...WITH_DEFAULTS,
  ...LOAD_DEFAULTS,
  weightColumn: null,
  keep: null,
}).filter(([property]) => !OF_ALL.includes(property));

/** Options that determine how files are read. */
export function readingOf(options: LoadOptions) {
  const names = Object.keys(FILE_DEFAULTS) as (keyof FileOptions)[];
  const ofFiles = Object.fromEntries(names.map(name => [name, options[name]])) as unknown as FileOptions;
  const { missingTarget, weightColumn = null, unseen = 'error' } = options;
  return { ...ofFiles, missingTarget, weightColumn, unseen };
}

/** @throws usage at the first option that only applies to tables */
export function refuseTableOptions(source: string, options: object): void {
  for (const [property, usual] of OF_TABLES) {
    const value = (options as Record<string, unknown>)[property] ?? null;
    const isGiven = value !== null && value !== usual && !(Array.isArray(value) && value.length === 0);
    if (!isGiven) continue;
    const named = usual === true ? option(property, false) : option(property);
    throw usageError(`${named} is for tables, and ${source} is none.`, 'Leave the option out.');
  }
}
