/**
 * A table for a network that has learnt: the columns of its encoding, found by name, and turned into
 * features by the constants that it keeps.
 */
import type { ColumnEncoding, Dataset, Encoding, Task } from '../dataset.js';
import type { Opened } from '../spool/open.js';
import { keepRows, targetPlace, toDataset } from './assemble.js';
import type { Place } from './cell.js';
import { absentColumn, checkNames, checkThere } from './choose.js';
import type { Column } from './column.js';
import type { Offer } from './duckdb.js';
import { type Feature, toKnownCategory, toKnownNumbers } from './feature.js';
import { readTable, type Wish } from './read.js';
import { toKnownTarget } from './target.js';
import { toWeights } from './weight.js';

export interface TableWithOptions {
  task: Task;
  opened: Opened;
  header: boolean;
  query: string | null;
  missing: 'error' | 'drop';
  requireTargets: boolean;
  /** Of what each row weighs; none unless given. */
  weightColumn?: string | null;
  /** Columns that go into the dataset as they are; none unless given. */
  keep?: readonly string[];
}

/** Rows for a network that has learnt, by its encoding. @throws failed, usage */
export async function loadTableWith(
  source: string,
  encoding: Encoding,
  options: TableWithOptions,
): Promise<Dataset> {
  const { task, missing } = options;
  const requireTargets = options.requireTargets && !encoding.targetIsInput;
  const table = await readTable(source, {
    ...options,
    choose: offers => chooseKnown(offers, encoding, { ...options, requireTargets }, source),
  });
  const count = requireTargets ? encoding.targets.length : 0;
  const begin = count + (options.weightColumn == null ? 0 : 1);
  const targets = table.columns
    .slice(0, count)
    .map((column, k) =>
      toKnownTarget(column, task, classesOf(encoding, k), targetPlace(table, column, missing)),
    );
  const weights = table.columns
    .slice(count, begin)
    .map(column => toWeights(column, targetPlace(table, column, missing)));
  const features = table.columns
    .slice(begin)
    .map((column, i) => toKnownFeature(column, encoding.columns[i]!, table.source, missing));
  const dropped = missing === 'drop' ? unfilled(features, encoding.columns) : [];
  const rows = keepRows(table, [...targets, ...weights, ...dropped]);
  const values = targets.map(target => target.values);
  const known = { task, classes: encoding.classes, values, weights: weights[0] ?? null };
  const kept = table.kept.map(column => ({
    ...column,
    values: Array.from(rows, row => column.values[row]!),
  }));
  return {
    ...toDataset(source, features, known, encoding, rows),
    ...(missing === 'drop' && { rowNumbers: rows.map(row => row + 1) }),
    ...(kept.length > 0 && { kept }),
  };
}

function chooseKnown(
  offers: Offer[],
  encoding: Encoding,
  { requireTargets, weightColumn = null, keep = [] }: TableWithOptions,
  source: string,
): Wish[] {
  const names = offers.map(offer => offer.name);
  const targets = requireTargets ? encoding.targets : [];
  const weight = weightColumn === null ? [] : [weightColumn];
  if (weightColumn !== null) checkNames('--weight-column', weight, offers, source);
  checkThere('--keep', keep, offers, source);
  const wanted = [...targets, ...encoding.columns.map(column => column.name)];
  const absent = wanted.find(name => !names.includes(name));
  if (absent !== undefined) throw absentColumn(absent, names, source);
  checkNames(source, wanted, offers, source);
  const isText = (k: number) => classesOf(encoding, k).some(name => String(Number(name)) !== name);
  return [
    ...targets.map((name, k) => ({ name, asText: isText(k) })),
    ...weight.map(name => ({ name, asText: false })),
    ...encoding.columns.map(({ name, kind }) => ({ name, asText: kind === 'category' })),
  ];
}

/** Of target k. */
function classesOf({ classes, labelClasses }: Encoding, k: number): string[] {
  return labelClasses ? labelClasses[k]! : classes;
}

function toKnownFeature(
  column: Column,
  encoding: ColumnEncoding,
  source: string,
  missing: 'error' | 'drop',
): Feature {
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
