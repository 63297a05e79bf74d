/**
 * From what the user names to datasets: the door of this room. Knows the kinds of sources,
 * and which options make sense for which; the reading is done elsewhere.
 */
import { usageError } from '../errors.js';
import type { Dataset, Encoding, Task } from './dataset.js';
import { dealFolds, type Folds, splitFold } from './folds.js';
import { loadImages, loadImagesWith } from './images/load.js';
import { findFolder, type ImagePair, pairOf } from './images/pair.js';
import { refuseOtherTargets, toReconstruct } from './reconstruction.js';
import { cutDataset, labelsOf, splitRows } from './split.js';
import type { Format } from './spool/format.js';
import { type Opened, withSource } from './spool/open.js';
import { refuseTwice } from './spool/stdin.js';
import { makeSynthetic, parseSynthetic } from './synthetic.js';
import type { Missing } from './table/cell.js';
import { loadTable, readLearnable } from './table/load.js';
import { loadTableWith } from './table/load-with.js';

export type { Missing } from './table/cell.js';

export interface LoadOptions {
  /** Columns to predict; null: the one named target, label, class or y. */
  target: string[] | null;
  /** Columns to learn from; null: all others. */
  features: string[] | null;
  /** Whether the targets are the inputs; no unless given. */
  targetIsInput?: boolean;
  /** Column of what each row weighs, no feature then; every row weighs 1 unless given. */
  weightColumn?: string | null;
  task: 'auto' | Task;
  /** What files hold, whatever their names say; null: as their names say, or their first bytes. */
  format?: Format | null;
  /** Whether the first line of CSV and TSV holds names. */
  header: boolean;
  /** A SELECT over the table `data`, which holds what the files do. */
  query: string | null;
  standardize: boolean;
  standardizeTargets: boolean;
  missing: Missing;
  /** A source of its own, or the part of the rows to hold back. */
  validation: string | number | null;
  seed: number;
}

/** Where it isn't told: as on the command line. */
export const LOAD_DEFAULTS: LoadOptions = {
  target: null,
  features: null,
  task: 'auto',
  header: true,
  query: null,
  standardize: true,
  standardizeTargets: true,
  missing: 'error',
  validation: null,
  seed: 1,
};

/** Data to learn from and data to judge by; what isn't asked for is as on the command line. @throws failed, usage */
export async function loadData(
  source: string,
  asked: Partial<LoadOptions> = {},
): Promise<{ train: Dataset; validation: Dataset | null }> {
  const options = { ...LOAD_DEFAULTS, ...asked };
  const { validation, format = null } = options;
  refuseOtherTargets(options);
  refuseTwice(source, validation);
  const loaded = await withSource(source, { format }, async opened => {
    const { train, validation } = await loadOpened(opened, options);
    return { train: noted(train, opened), validation };
  });
  if (typeof validation !== 'string') return loaded;
  if (validation.startsWith('synthetic:')) {
    const message = `--validation: expected a file or a fraction, got ${validation}, whose rows are learnt from.`;
    throw usageError(message, 'Try --validation 0.2.');
  }
  const { task, encoding, features: width } = loaded.train;
  // What else may be missing, the encoding fills in.
  const missing = options.missing === 'drop' ? 'drop' : 'error';
  const held = await loadWith(validation, encoding, task, {
    ...options,
    missing,
    requireTargets: true,
    width,
  });
  return { train: loaded.train, validation: held };
}

function noted(data: Dataset, { notes }: Opened): Dataset {
  return notes.length === 0 ? data : { ...data, notes };
}

async function loadOpened(
  opened: Opened,
  options: LoadOptions,
): Promise<{ train: Dataset; validation: Dataset | null }> {
  const { source } = opened;
  const { validation, seed } = options;
  const fraction = typeof validation === 'number' ? validation : null;
  if (opened.kind === 'table') return loadTable(source, { ...options, opened, fraction });
  refuseTableOptions(source, options);
  const parts =
    opened.kind === 'synthetic' ? loadSynthetic(source, options) : await loadPixels(opened, options);
  if (fraction === null) return parts;
  const { train } = parts;
  return cutDataset(train, splitRows(train.rows, labelsOf(train), fraction, seed));
}

/** Data for cross-validation; of a folder of IDX files, those to learn from. @throws failed, usage */
export async function loadFolds(
  source: string,
  asked: Partial<Omit<LoadOptions, 'validation'>>,
  count: number,
): Promise<Folds> {
  const options = { ...LOAD_DEFAULTS, ...asked };
  const { format = null } = options;
  refuseOtherTargets(options);
  return withSource(source, { format }, opened => loadOpenedFolds(opened, options, count));
}

async function loadOpenedFolds(opened: Opened, options: LoadOptions, count: number): Promise<Folds> {
  const { source } = opened;
  const { seed } = options;
  if (opened.kind === 'table') {
    const table = await readLearnable(source, { ...options, opened });
    const foldOf = dealFolds(table.rows, table.labels, count, seed);
    return { count, fold: i => table.cut(splitFold(foldOf, i)) };
  }
  refuseTableOptions(source, options);
  const parts =
    opened.kind === 'synthetic' ? loadSynthetic(source, options) : await loadPixels(opened, options);
  const { train } = parts;
  const foldOf = dealFolds(train.rows, labelsOf(train), count, seed);
  return { count, fold: i => cutDataset(train, splitFold(foldOf, i)) };
}

/** Columns, names of them and cells without a value are what tables have. */
function refuseTableOptions(
  source: string,
  options: Partial<LoadOptions> & { keep?: readonly string[] },
): void {
  const { target = null, features = null, weightColumn = null, query = null } = options;
  const { header = true, standardize = true, missing = 'error', keep = [] } = options;
  const given = Object.entries({
    '--target': target !== null,
    '--features': features !== null,
    '--weight-column': weightColumn !== null,
    '--query': query !== null,
    '--no-header': !header,
    '--no-standardize': !standardize,
    '--missing': missing !== 'error',
    '--keep': keep.length > 0,
  }).find(([, isGiven]) => isGiven);
  if (given === undefined) return;
  throw usageError(`${given[0]}: expected a table, which it is for, got ${source}.`, 'Leave the option out.');
}

function loadSynthetic(source: string, { task, seed, targetIsInput }: LoadOptions) {
  const shape = parseSynthetic(source);
  const train = makeSynthetic(source, shape, seed);
  if (targetIsInput) return { train: toReconstruct(train), validation: null };
  if (task !== 'auto' && task !== train.task) {
    const message = `--task ${task}: expected ${train.task}, which ${source} is.`;
    throw usageError(message, 'One class makes a regression, two make binary, more make multiclass.');
  }
  return { train, validation: null };
}

/** MNIST's folder has its own images to judge by; they count unless others are asked for. */
async function loadPixels(opened: Opened, { task, validation, targetIsInput }: LoadOptions) {
  const { source } = opened;
  if (task === 'multilabel') {
    const message = `--task multilabel: expected a table, with a column for each label, got ${source}.`;
    throw usageError(message, 'Images of IDX files have one label each: leave --task out.');
  }
  const { train: pair, test } = await findImages(opened);
  const train = await loadImages(pair, source, targetIsInput ? null : task);
  if (test === null || validation !== null) return { train, validation: null };
  const options = { task: train.task, requireTargets: true, width: train.features };
  return { train, validation: await loadImagesWith(test, source, train.encoding, options) };
}

async function findImages({ kind, paths }: Opened): Promise<{ train: ImagePair; test: ImagePair | null }> {
  const [path] = paths as [string];
  if (kind === 'image-folder') return await findFolder(path);
  return { train: await pairOf(path), test: null };
}

export interface LoadWithOptions {
  /** What files hold, whatever their names say; null: as their names say, or their first bytes. */
  format?: Format | null;
  header: boolean;
  query: string | null;
  /** Column of what each row weighs; every row weighs 1 unless given. */
  weightColumn?: string | null;
  /** Cells without a value that the encoding fills nothing in for: an error, or their rows left out. */
  missing: 'error' | 'drop';
  /** Of a folder of images: those to judge by (t10k, the default), or those to learn from. */
  validationPart?: boolean;
  /** Columns of a table that go into the dataset as they are; none unless given. */
  keep?: readonly string[];
  /** Whether targets are read, and must be there; if not, y is empty. */
  requireTargets: boolean;
  /** m(0) of the network; needed for images, whose encoding doesn't tell it. */
  width?: number;
  /** Of synthetic data. */
  seed?: number;
}

/** Other data for a network that has learnt, by the encoding that it was learnt with. @throws failed, usage */
export async function loadWith(
  source: string,
  encoding: Encoding,
  task: Task,
  options: LoadWithOptions,
): Promise<Dataset> {
  const { format = null } = options;
  const wanted = encoding.columns.map(column => column.name);
  return withSource(source, { format, wanted }, async opened =>
    noted(await loadOpenedWith(opened, encoding, task, options), opened),
  );
}

async function loadOpenedWith(
  opened: Opened,
  encoding: Encoding,
  task: Task,
  options: LoadWithOptions,
): Promise<Dataset> {
  const { kind, source } = opened;
  if (kind !== 'table') {
    const { header, query, missing, weightColumn = null, keep = [] } = options;
    refuseTableOptions(source, { header, query, missing, weightColumn, keep });
  }
  if (kind === 'synthetic') return loadSyntheticWith(source, encoding, task, options.seed ?? 0);
  if (kind === 'table') {
    if (encoding.kind === 'table') return await loadTableWith(source, encoding, { ...options, opened, task });
    throw usageError(`${source}: expected images, which were learnt from, got a table.`, 'Give IDX files.');
  }
  const { train, test } = await findImages(opened);
  const pair = (options.validationPart ?? true) ? (test ?? train) : train;
  const { requireTargets, width } = options;
  return await loadImagesWith(pair, source, encoding, { task, requireTargets, width });
}

function loadSyntheticWith(source: string, encoding: Encoding, task: Task, seed: number): Dataset {
  const shape = parseSynthetic(source);
  const classes = Math.max(1, encoding.classes.length);
  const width = encoding.columns.length;
  const isOther = shape.classes !== classes && !encoding.targetIsInput;
  if (shape.features !== width || isOther || encoding.kind !== 'table') {
    const expected = `${width} features and ${classes === 1 ? 'one class' : `${classes} classes`}`;
    throw usageError(`${source}: expected ${expected}, as learnt from.`, 'Give data like that learnt from.');
  }
  const data = { ...makeSynthetic(source, shape, seed), task, encoding };
  return encoding.targetIsInput ? toReconstruct(data) : data;
}
