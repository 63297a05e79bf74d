/**
 * Entry point of this folder: loads datasets from what the user names. It knows the kinds of sources and
 * which options apply to each; other files do the reading.
 */

import { LockstepError, usageError } from '../errors.js';
import { option, type WriteOptions, writeOptions, writeProperties } from '../option-names.js';
import { checkDataOptions } from './check-options.js';
import type { Dataset, Encoding, Task } from './dataset.js';
import { dealFolds, type Folds, splitFold } from './folds.js';
import { loadImages, loadImagesWith } from './images/load.js';
import { findFolder, type ImagePair, pairOf } from './images/pair.js';
import { refuseOtherTargets, toReconstruct } from './reconstruction.js';
import { cutDataset, labelsOf, splitRows } from './split.js';
import { type Opened, withSource } from './spool/open.js';
import { refuseTwice } from './spool/stdin.js';
import { makeSynthetic, parseSynthetic } from './synthetic.js';
import { loadTable, readLearnable } from './table/load.js';
import { loadTableWith } from './table/load-with.js';
import {
  FILE_DEFAULTS,
  type FileOptions,
  type TableOptions,
  type TableWithOptions,
} from './table/options.js';
import { surveyTable, type TableSurvey } from './table/survey.js';

export type { Missing } from './table/cell.js';

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

export interface Loaded {
  train: Dataset;
  validation: Dataset | null;
}

/**
 * Loads training and validation data, with the command line's defaults for omitted options.
 * @param write how notes on the data name options
 * @throws failed, usage
 */
export async function loadData(
  source: string,
  asked: Partial<LoadOptions> = {},
  write: WriteOptions = writeProperties,
): Promise<Loaded> {
  const options = { ...LOAD_DEFAULTS, ...asked };
  const { validation, format } = options;
  checkDataOptions(options);
  refuseOtherTargets(options);
  refuseTwice(source, validation);
  const loaded = await withSource(source, { format }, async opened => {
    return forBoth(await loadOpened(opened, options), noted(opened, write));
  });
  if (typeof validation !== 'string') return loaded;
  if (validation.startsWith('synthetic:')) {
    const message = `${option('validation')}: expected a file or a fraction, got ${validation}.`;
    throw usageError(message, `Try ${option('validation', 0.2)}.`);
  }
  const { task, encoding, features: width } = loaded.train;
  const held = await loadWith(validation, encoding, task, {
    ...readingOf(options),
    // With other settings of missing, the encoding fills in missing cells.
    dropIncomplete: options.missing === 'drop',
    dropping: ['missing', 'drop'],
    requireTargets: true,
    isForBlocks: true,
    width,
  });
  return { train: loaded.train, validation: held };
}

/** Adds the notes on the source to those on its rows, and renders the options in both. */
export function noted({ notes: first }: Opened, write: WriteOptions): (data: Dataset) => Dataset {
  return data => {
    const notes = [...first, ...(data.notes ?? [])].map(note => writeOptions(note, write));
    const { taskReason } = data;
    return {
      ...data,
      ...(notes.length > 0 && { notes }),
      ...(taskReason && { taskReason: writeOptions(taskReason, write) }),
    };
  };
}

/** Changes both parts alike. */
export function forBoth<V extends Dataset | null>(
  { train, validation }: { train: Dataset; validation: V },
  change: (data: Dataset) => Dataset,
): { train: Dataset; validation: V } {
  return { train: change(train), validation: (validation && change(validation)) as V };
}

async function loadOpened(opened: Opened, options: LoadOptions): Promise<Loaded> {
  const { validation, seed, splitsTables = false } = options;
  const fraction = typeof validation === 'number' && validation !== 0 ? validation : null;
  if (opened.kind === 'table') {
    return loadTable(opened, { ...options, fraction, splits: splitsTables && validation === null });
  }
  const parts = await loadOther(opened, options);
  if (fraction === null) return parts;
  const { train } = parts;
  return cutDataset(train, splitRows(train.rows, labelsOf(train), fraction, seed));
}

/** Synthetic rows, or images. */
async function loadOther(opened: Opened, options: LoadOptions): Promise<Loaded> {
  refuseTableOptions(opened.source, options);
  return opened.kind === 'synthetic' ? loadSynthetic(opened.source, options) : loadPixels(opened, options);
}

/** Options that determine how files are read. */
export function readingOf(options: LoadOptions) {
  const names = Object.keys(FILE_DEFAULTS) as (keyof FileOptions)[];
  const ofFiles = Object.fromEntries(names.map(name => [name, options[name]])) as unknown as FileOptions;
  const { missingTarget, weightColumn = null, unseen = 'error' } = options;
  return { ...ofFiles, missingTarget, weightColumn, unseen };
}

/**
 * Columns of a table, and why they can't be used for training if they can't; `survey` is null if it is not a
 * table.
 */
export interface Surveyed {
  survey: TableSurvey | null;
  loaded: Loaded | LockstepError;
}

/**
 * Examines data: every column as it is, and what would be learnt.
 * @param write how notes on the data name options
 * @throws failed, usage if it can't be read at all
 */
export async function surveyData(
  source: string,
  asked: Partial<LoadOptions> = {},
  write: WriteOptions = writeProperties,
): Promise<Surveyed> {
  const options = { ...LOAD_DEFAULTS, ...asked };
  checkDataOptions(options);
  refuseOtherTargets(options);
  return withSource(source, options, async opened => {
    const survey = opened.kind === 'table' ? await surveyTable(opened, options) : null;
    try {
      return { survey, loaded: forBoth(await loadOpened(opened, options), noted(opened, write)) };
    } catch (error) {
      if (survey === null || !(error instanceof LockstepError) || error.code !== 'usage') throw error;
      return { survey, loaded: error };
    }
  });
}

/**
 * Loads data for cross-validation; from a folder of IDX files, its training set.
 * @param write how notes on the data name options
 * @throws failed, usage
 */
export async function loadFolds(
  source: string,
  asked: Partial<Omit<LoadOptions, 'validation'>>,
  count: number,
  write: WriteOptions = writeProperties,
): Promise<Folds> {
  const options = { ...LOAD_DEFAULTS, ...asked };
  checkDataOptions(options);
  refuseOtherTargets(options);
  return withSource(source, options, async opened => {
    const { fold } = await loadOpenedFolds(opened, options, count);
    return { count, fold: i => forBoth(fold(i), noted(opened, write)) };
  });
}

async function loadOpenedFolds(opened: Opened, options: LoadOptions, count: number): Promise<Folds> {
  const { seed } = options;
  if (opened.kind === 'table') {
    const table = await readLearnable(opened, options);
    const foldOf = dealFolds(table.rows, table.labels, count, seed, table.whole);
    return { count, fold: i => table.cut(splitFold(foldOf, i)) };
  }
  const { train } = await loadOther(opened, options);
  const foldOf = dealFolds(train.rows, labelsOf(train), count, seed, () => train);
  return { count, fold: i => cutDataset(train, splitFold(foldOf, i)) };
}

/** @throws usage at the first option that only applies to tables */
function refuseTableOptions(source: string, options: object): void {
  for (const [property, usual] of OF_TABLES) {
    const value = (options as Record<string, unknown>)[property] ?? null;
    const isGiven = value !== null && value !== usual && !(Array.isArray(value) && value.length === 0);
    if (!isGiven) continue;
    const named = usual === true ? option(property, false) : option(property);
    throw usageError(`${named} is for tables, and ${source} is none.`, 'Leave the option out.');
  }
}

function loadSynthetic(source: string, { task, seed, targetIsInput, isForCache }: LoadOptions) {
  const shape = parseSynthetic(source);
  const train = makeSynthetic(source, shape, seed, isForCache);
  if (targetIsInput) return { train: toReconstruct(train), validation: null };
  if (task !== 'auto' && task !== train.task) {
    const message = `${option('task', task)}: expected ${train.task}, which ${source} is.`;
    throw usageError(message, 'One class makes a regression, two make binary, more make multiclass.');
  }
  return { train, validation: null };
}

/** MNIST's folder has its own validation images, which are used unless others are requested. */
async function loadPixels(
  opened: Opened,
  { task, validation, targetIsInput, isForCache = false }: LoadOptions,
) {
  const { source } = opened;
  if (task === 'multilabel') {
    const message = `${option('task', 'multilabel')}: expected a table, with a column for each label, got ${source}.`;
    throw usageError(message, `Images of IDX files have one label each: leave ${option('task')} out.`);
  }
  const { train: pair, test } = await findImages(opened);
  const train = await loadImages(pair, source, { task: targetIsInput ? null : task, isForCache });
  if (test === null || validation !== null) return { train, validation: null };
  const options = { task: train.task, requireTargets: true, width: train.features };
  return { train, validation: await loadImagesWith(test, source, train.encoding, options) };
}

async function findImages({
  kind,
  source,
  paths,
}: Opened): Promise<{ train: ImagePair; test: ImagePair | null }> {
  const [path] = paths as [string];
  if (kind === 'image-folder') return await findFolder(path);
  // A pipe has no neighbouring files.
  const train = path === source ? await pairOf(path) : { images: path, labels: null, labelsName: 'labels' };
  return { train, test: null };
}

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

/** Loads other data for a trained network, encoded as in training. @throws failed, usage */
export async function loadWith(
  source: string,
  encoding: Encoding,
  task: Task,
  options: LoadWithOptions,
): Promise<Dataset> {
  const { format = null } = options;
  const wanted = encoding.columns.map(column => column.name);
  return withSource(source, { format, wanted }, async opened =>
    noted(opened, writeProperties)(await loadOpenedWith(opened, encoding, task, options)),
  );
}

/** As `loadWith`, from a source that is open. */
export async function loadOpenedWith(
  opened: Opened,
  encoding: Encoding,
  task: Task,
  options: LoadWithOptions,
): Promise<Dataset> {
  checkDataOptions(options);
  const { kind, source } = opened;
  if ((kind === 'table' || kind === 'synthetic') && encoding.kind !== 'table') {
    throw usageError(`${source}: the model was trained on images, and this is a table.`, 'Give IDX files.');
  }
  if (kind === 'table') {
    return await loadTableWith(opened, encoding, { ...WITH_DEFAULTS, ...options, task });
  }
  refuseTableOptions(source, options);
  if (kind === 'synthetic') return loadSyntheticWith(source, encoding, task, options);
  const { train, test } = await findImages(opened);
  const pair = (options.validationPart ?? true) ? (test ?? train) : train;
  const { requireTargets, width, isForBlocks = false } = options;
  return await loadImagesWith(pair, source, encoding, { task, requireTargets, width, isForBlocks });
}

function loadSyntheticWith(
  source: string,
  encoding: Encoding,
  task: Task,
  { seed = 0, isForBlocks }: LoadWithOptions,
): Dataset {
  const shape = parseSynthetic(source);
  const classes = Math.max(1, encoding.classes.length);
  const width = encoding.columns.length;
  const isOther = shape.classes !== classes && !encoding.targetIsInput;
  if (shape.features !== width || isOther) {
    const expected = `${width} features and ${classes === 1 ? 'one class' : `${classes} classes`}`;
    throw usageError(
      `${source}: expected ${expected}, as in training.`,
      `Try synthetic:${shape.rows}x${width}x${classes}.`,
    );
  }
  const data = { ...makeSynthetic(source, shape, seed, isForBlocks), task, encoding };
  return encoding.targetIsInput ? toReconstruct(data) : data;
}
