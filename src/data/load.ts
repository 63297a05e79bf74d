/**
 * Entry point of this folder: loads the data of a training from what the user names. It knows the kinds of sources; other
 * files do the reading.
 */

import { LockstepError, usageError } from '../errors.js';
import { option, type WriteOptions, writeProperties } from '../option-names.js';
import { checkDataOptions } from './check-options.js';
import type { Dataset } from './dataset.js';
import { dealFolds, type Folds, splitFold } from './folds.js';
import { findImages } from './images/find.js';
import { loadImages, loadImagesWith } from './images/load.js';
import { LOAD_DEFAULTS, type LoadOptions, readingOf, refuseTableOptions } from './load-options.js';
import { loadWith } from './load-with.js';
import { refuseOtherTargets, toReconstruct } from './reconstruction.js';
import { forBoth, noted } from './source-notes.js';
import { cutDataset, labelsOf, splitRows } from './split.js';
import { type Opened, withSource } from './spool/open.js';
import { refuseTwice } from './spool/stdin.js';
import { makeSynthetic, parseSynthetic } from './synthetic.js';
import { loadTable, readLearnable } from './table/load.js';
import { surveyTable, type TableSurvey } from './table/survey.js';

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
