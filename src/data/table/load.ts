/**
 * A table as datasets: chosen columns read once, checked, split, then turned into features by an encoding
 * that is fitted to the training rows, or by one that is kept. Both ways end in the same code.
 */
import { usageError } from '../../errors.js';
import type { ColumnEncoding, Dataset, Encoding, Task } from '../dataset.js';
import { sharedFloats, sharedInts } from '../shared.js';
import { splitRows } from '../split.js';
import type { Missing, Place } from './cell.js';
import { checkNames, chooseColumns, unknownColumn } from './choose.js';
import type { Column } from './column.js';
import type { Offer } from './duckdb.js';
import { encodeRows, encodeTargets, widthOf } from './encode.js';
import { type Feature, toFeature, toKnownCategory, toKnownNumbers } from './feature.js';
import { fitColumn } from './fit.js';
import { readTable, type Wish } from './read.js';
import { fitScale, IDENTITY } from './scale.js';
import { type RawTarget, settleTargets, type Targets, toKnownTarget, toRawTarget } from './target.js';

export interface TableOptions {
  target: string[] | null;
  features: string[] | null;
  task: 'auto' | Task;
  header: boolean;
  query: string | null;
  standardize: boolean;
  standardizeTargets: boolean;
  missing: Missing;
  /** Part of the rows to hold back. */
  fraction: number | null;
  seed: number;
}

/** Rows to learn from, and those held back. @throws failed, usage */
export async function loadTable(
  source: string,
  options: TableOptions,
): Promise<{ train: Dataset; validation: Dataset | null }> {
  const { missing, task, fraction, seed } = options;
  let chosen = { targets: [] as string[], features: [] as string[] };
  const table = await readTable(source, {
    ...options,
    choose: offers => {
      chosen = chooseColumns(offers, options, source);
      return [...chosen.targets, ...chosen.features].map(name => ({ name, asText: false }));
    },
  });
  const raw = table.columns.slice(0, chosen.targets.length).map(column => {
    const place = targetPlace(table.source, column.name, missing);
    return toRawTarget(column, chosen.targets.length > 1 ? 'regression' : task, place);
  });
  const features = table.columns.slice(chosen.targets.length).map(column => {
    const missingHint = 'Try --missing mean.';
    const place = {
      source: table.source,
      column: column.name,
      allowMissing: missing !== 'error',
      missingHint,
    };
    return toFeature(column, missing, place);
  });
  const rows = keepRows(table.rows, [...raw, ...(missing === 'drop' ? features : [])], table.source);
  const targets = settleTargets(raw, rows, task, table.source);
  const split =
    fraction === null ? { train: rows, validation: null } : drawRows(rows, targets, fraction, seed);
  const encoding = fitEncoding(features, chosen.targets, targets, split.train, {
    ...options,
    source: table.source,
  });
  const make = (rows: Uint32Array) => toDataset(source, features, targets, encoding, rows);
  return { train: make(split.train), validation: split.validation && make(split.validation) };
}

function targetPlace(source: string, column: string, missing: Missing): Place {
  return { source, column, allowMissing: missing === 'drop', missingHint: 'Try --missing drop.' };
}

/** The rows in which nothing is missing that may be missing elsewhere. @throws usage where none is left */
function keepRows(rows: number, columns: readonly (Feature | RawTarget)[], source: string): Uint32Array {
  let kept: Uint32Array = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) kept[i] = i;
  for (const column of columns) {
    if (column.kind === 'number') {
      if (column.hasMissing) kept = kept.filter(row => !Number.isNaN(column.values[row]!));
    } else if (column.codes.includes(-1)) kept = kept.filter(row => column.codes[row] !== -1);
  }
  if (kept.length > 0) return kept;
  throw usageError(
    `${source}: expected rows without missing cells, got none of ${rows}.`,
    'Try --missing mean.',
  );
}

/** Draws among the rows that are kept. */
function drawRows(rows: Uint32Array, { task, values }: Targets, fraction: number, seed: number) {
  const [labels] = values;
  const classes = task === 'regression' ? null : Array.from(rows, row => labels![row]!);
  const { train, validation } = splitRows(rows.length, classes, fraction, seed);
  return { train: train.map(i => rows[i]!), validation: validation.map(i => rows[i]!) };
}

function fitEncoding(
  features: readonly Feature[],
  names: string[],
  { task, classes, values }: Targets,
  rows: Uint32Array,
  options: { standardize: boolean; standardizeTargets: boolean; missing: Missing; source: string },
): Encoding {
  const scales = values.map(target =>
    options.standardizeTargets ? fitScale(target, rows, null) : { ...IDENTITY },
  );
  return {
    kind: 'table',
    columns: features.map(feature => fitColumn(feature, rows, options)),
    targets: names,
    classes,
    targetScales: task === 'regression' ? scales : [],
  };
}

function toDataset(
  source: string,
  features: readonly Feature[],
  { task, classes, values }: Targets,
  encoding: Encoding,
  rows: Uint32Array,
): Dataset {
  const { columns, targetScales } = encoding;
  const outputs = task === 'multiclass' ? classes.length : task === 'binary' ? 1 : encoding.targets.length;
  const none = task === 'multiclass' ? sharedInts(0, source) : sharedFloats(0, source);
  return {
    source,
    task,
    rows: rows.length,
    features: columns.reduce((sum, column) => sum + widthOf(column), 0),
    outputs,
    x: encodeRows(features, columns, rows, source),
    scale: 1,
    y: values.length === 0 ? none : encodeTargets(values, task, targetScales, rows, source),
    encoding,
  };
}

export interface TableWithOptions {
  task: Task;
  header: boolean;
  query: string | null;
  missing: Missing;
  requireTargets: boolean;
}

/** Rows for a network that has learnt, by its encoding. @throws failed, usage */
export async function loadTableWith(
  source: string,
  encoding: Encoding,
  options: TableWithOptions,
): Promise<Dataset> {
  const { task, missing, requireTargets } = options;
  let hasTargets = false;
  const table = await readTable(source, {
    ...options,
    choose: offers => {
      const names = offers.map(offer => offer.name);
      hasTargets = requireTargets || encoding.targets.every(name => names.includes(name));
      return chooseKnown(offers, encoding, hasTargets, source);
    },
  });
  const count = hasTargets ? encoding.targets.length : 0;
  const targetColumns = table.columns.slice(0, count);
  const isBlank = !requireTargets && targetColumns.some(hasEmptyCell);
  const values = (isBlank ? [] : targetColumns).map(column =>
    toKnownTarget(column, task, encoding.classes, targetPlace(table.source, column.name, missing)),
  );
  const features = table.columns
    .slice(count)
    .map((column, i) => toKnownFeature(column, encoding.columns[i]!, table.source, missing));
  const dropped = missing === 'drop' ? unfilled(features, encoding.columns) : [];
  const numbers = values.map(values => ({
    name: '',
    kind: 'number' as const,
    isBoolean: false,
    values,
    hasMissing: true,
  }));
  const rows = keepRows(table.rows, [...numbers, ...dropped], table.source);
  return toDataset(source, features, { task, classes: encoding.classes, values }, encoding, rows);
}

function chooseKnown(offers: Offer[], encoding: Encoding, hasTargets: boolean, source: string): Wish[] {
  const names = offers.map(offer => offer.name);
  const targets = hasTargets ? encoding.targets : [];
  const wanted = [...targets, ...encoding.columns.map(column => column.name)];
  const absent = wanted.find(name => !names.includes(name));
  if (absent !== undefined) throw unknownColumn(`${source}`, absent, names, source);
  checkNames(source, wanted, offers, source);
  const isText = encoding.classes.some(name => !/^(true|false)$/.test(name) && String(Number(name)) !== name);
  return [
    ...targets.map(name => ({ name, asText: isText })),
    ...encoding.columns.map(({ name, kind }) => ({ name, asText: kind === 'category' })),
  ];
}

function hasEmptyCell(column: Column): boolean {
  return column.kind === 'text' ? column.codes.includes(-1) : column.firstEmpty >= 0;
}

function toKnownFeature(column: Column, encoding: ColumnEncoding, source: string, missing: Missing): Feature {
  const isFilled = encoding.kind === 'number' && encoding.fill !== null;
  const place: Place = {
    source,
    column: column.name,
    allowMissing: isFilled || missing === 'drop',
    missingHint: 'Fill the cell in, try --missing drop, or train with --missing mean.',
  };
  if (encoding.kind === 'category') return toKnownCategory(column, encoding.values, place);
  return toKnownNumbers(column, encoding, place);
}

/** The features whose missing cells nothing is filled in for. */
function unfilled(features: readonly Feature[], columns: readonly ColumnEncoding[]): Feature[] {
  return features.filter((_, i) => {
    const column = columns[i]!;
    return column.kind === 'category' || column.fill === null;
  });
}
