/**
 * A table to learn from: chosen columns read once, checked, split, then turned into features by an encoding
 * that is fitted to the training rows.
 */
import type { Dataset, Encoding, Task } from '../dataset.js';
import { reconstructing } from '../reconstruction.js';
import { type Split, splitRows } from '../split.js';
import type { Opened } from '../spool/open.js';
import { keepRows, targetPlace, toDataset } from './assemble.js';
import type { Missing } from './cell.js';
import { type Choice, chooseColumns } from './choose.js';
import type { Column, Table } from './column.js';
import type { Offer } from './duckdb.js';
import { type Feature, toFeature } from './feature.js';
import { fitColumn } from './fit.js';
import { readTable, type Wish } from './read.js';
import { fitScale, IDENTITY } from './scale.js';
import { areLabels, settleTargets, type Targets, toRawTarget } from './target.js';
import { toWeights } from './weight.js';

export interface TableOptions {
  target: string[] | null;
  features: string[] | null;
  targetIsInput?: boolean;
  weightColumn?: string | null;
  task: 'auto' | Task;
  opened: Opened;
  header: boolean;
  query: string | null;
  standardize: boolean;
  standardizeTargets: boolean;
  missing: Missing;
}

/** A table that was read and checked, to be cut into rows to learn from and rows to judge by. */
export interface Learnable {
  /** Those that are kept. */
  rows: number;
  /** The class of each of them, or (rows, labels) of 0 and 1; null where there are none. */
  labels: ArrayLike<number> | null;
  /** Two parts of the rows kept, by an encoding that is fitted to the first alone. */
  cut(split: Split): { train: Dataset; validation: Dataset };
  /** All of them. */
  whole(): Dataset;
}

const NO_TARGETS: Targets = { task: 'regression', classes: [], values: [] };

/** Rows to learn from, and the part of them that is held back. @throws failed, usage */
export async function loadTable(
  source: string,
  options: TableOptions & { fraction: number | null; seed: number },
): Promise<{ train: Dataset; validation: Dataset | null }> {
  const { fraction, seed } = options;
  const table = await readLearnable(source, options);
  if (fraction === null) return { train: table.whole(), validation: null };
  return table.cut(splitRows(table.rows, table.labels, fraction, seed));
}

/** Reads a table, and checks its cells. @throws failed, usage */
export async function readLearnable(source: string, options: TableOptions): Promise<Learnable> {
  const { missing, task } = options;
  const { table, targetNames, weightName } = await readChosen(source, options);
  const count = targetNames.length;
  const begin = count + (weightName === null ? 0 : 1);
  const isSeveral = count > 1 && task !== 'multilabel';
  const placeOf = (column: Column) => ({
    ...targetPlace(table, column, missing),
    ...(isSeveral && {
      cellHint: 'Correct the cell; several targets of two classes each are --task multilabel.',
    }),
  });
  const toRaw = (task: TableOptions['task']) =>
    table.columns.slice(0, count).map(column => toRawTarget(column, task, placeOf(column)));
  const given = toRaw(isSeveral && task !== 'auto' ? 'regression' : task);
  const weights = table.columns
    .slice(count, begin)
    .map(column => toWeights(column, targetPlace(table, column, missing)));
  const features = table.columns.slice(begin).map(column => checkFeature(table, column, missing));
  const rows = keepRows(table, [...given, ...weights, ...(missing === 'drop' ? features : [])]);
  if (isSeveral && task === 'auto' && areLabels(given, rows)) {
    // Booleans were read as numbers: as labels they keep the names that the file has.
    return readLearnable(source, { ...options, task: 'multilabel' });
  }
  const raw = isSeveral ? toRaw('regression') : given;
  const targets = options.targetIsInput ? NO_TARGETS : settleTargets(raw, rows, task, table.source);
  const encode = (rows: Uint32Array) => {
    const fitted = fitEncoding(features, targets, rows, { ...options, source: table.source });
    const named = { ...fitted, targets: targetNames };
    const encoding = options.targetIsInput ? reconstructing(named, 0) : named;
    const weighed = { ...targets, weights: weights[0] ?? null };
    return (part: Uint32Array): Dataset => ({
      ...toDataset(source, features, weighed, encoding, part),
      ...(part.length < table.rows && { rowNumbers: part.map(row => row + 1) }),
    });
  };
  return {
    rows: rows.length,
    labels: labelsOf(targets, rows),
    whole: () => encode(rows)(rows),
    cut: split => {
      const train = split.train.map(i => rows[i]!);
      const make = encode(train);
      return { train: make(train), validation: make(split.validation.map(i => rows[i]!)) };
    },
  };
}

/** The targets come first, then the weights where there are some, then the features. */
async function readChosen(source: string, options: TableOptions) {
  let choice: Choice = { targets: [], weight: null, features: [] };
  const table = await readTable(source, {
    ...options,
    choose: offers => {
      choice = chooseColumns(offers, options, source);
      return toWishes(choice, offers, options.task);
    },
  });
  return { table, targetNames: choice.targets, weightName: choice.weight };
}

/** To DuckDB yes and no are booleans; as the names of classes they stay what they are. */
function toWishes(
  { targets, weight, features }: Choice,
  offers: readonly Offer[],
  task: 'auto' | Task,
): Wish[] {
  const areClasses = task === 'multilabel' || (task !== 'regression' && targets.length === 1);
  const isBoolean = (name: string) => offers.some(offer => offer.name === name && offer.kind === 'boolean');
  return [
    ...targets.map(name => ({ name, asText: areClasses && isBoolean(name) })),
    ...[...(weight === null ? [] : [weight]), ...features].map(name => ({ name, asText: false })),
  ];
}

function checkFeature({ source }: Table, column: Column, missing: Missing): Feature {
  const allowMissing = missing !== 'error';
  const missingHint = 'Try --missing mean.';
  return toFeature(column, missing, { source, column: column.name, allowMissing, missingHint });
}

/** The class of each row that is kept, or (rows, labels) their labels; null where they have none. */
function labelsOf({ task, values }: Targets, rows: Uint32Array): ArrayLike<number> | null {
  if (task === 'regression') return null;
  const labels = new Float64Array(rows.length * values.length);
  for (const [k, target] of values.entries()) {
    for (let i = 0, at = k; i < rows.length; i++, at += values.length) labels[at] = target[rows[i]!]!;
  }
  return labels;
}

function fitEncoding(
  features: readonly Feature[],
  { task, classes, labelClasses, values }: Targets,
  rows: Uint32Array,
  options: { standardize: boolean; standardizeTargets: boolean; missing: Missing; source: string },
): Omit<Encoding, 'targets'> {
  const scales = values.map(target =>
    options.standardizeTargets ? fitScale(target, rows, null) : { ...IDENTITY },
  );
  return {
    kind: 'table',
    columns: features.map(feature => fitColumn(feature, rows, options)),
    classes,
    ...(labelClasses && { labelClasses }),
    targetScales: task === 'regression' ? scales : [],
  };
}
