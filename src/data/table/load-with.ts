/**
 * Loads a table for a trained network: finds the columns of its encoding by name, and converts them to
 * features with the saved constants.
 */

import { LockstepError, usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { ColumnEncoding, Dataset, Encoding, ReadingRecord } from '../dataset.js';
import type { Opened } from '../spool/open.js';
import { keepRows, toDataset } from './assemble.js';
import { absentColumn, checkUsable, findColumn, findColumns } from './choose.js';
import { exactNumbers } from './encode.js';
import type { Feature } from './feature.js';
import { KnownColumns } from './known-columns.js';
import { writingOf } from './load.js';
import type { TableWithOptions } from './options.js';
import { readTable, type Wish } from './read.js';
import { rowAt } from './selection.js';
import type { TableSource } from './source.js';
import { quoteName } from './sql.js';

/** Rows for a trained network, encoded as in training. @throws failed, usage */
export async function loadTableWith(
  opened: Opened,
  encoding: Encoding,
  asked: TableWithOptions,
): Promise<Dataset> {
  const options = withRecord(asked, encoding.reading);
  const requireTargets = options.requireTargets && !encoding.targetIsInput;
  const { source } = opened;
  const read = readTable(opened, {
    ...options,
    writing: writingOf(options),
    exact: name => encoding.targets.includes(name) || needOf(name, encoding).asText,
    choose: found => chooseKnown(found, encoding, { ...options, requireTargets }),
  });
  const table = await read.catch(error => {
    throw asked.query === null ? keptQuery(error, source, encoding) : error;
  });
  const count = requireTargets ? encoding.targets.length : 0;
  const begin = count + (options.weightColumn == null ? 0 : 1);
  const use = new KnownColumns(table.source, encoding, options);
  const known = table.columns.slice(0, count).map((column, k) => use.target(column, k));
  const targets = known.map(({ feature }) => feature);
  const weights = table.columns.slice(count, begin).map(column => use.weight(column));
  const columns = columnsOf(encoding);
  const features = encoding.columns.map(one =>
    use.feature(table.columns[begin + columns.indexOf(sourceName(one))]!, one),
  );
  const rows = keepRows(table, [
    ...targets,
    ...weights,
    ...(options.dropIncomplete ? unfilled(features, encoding) : []),
  ]);
  for (const { check } of known) check(rows);
  const isRegression = options.task === 'regression';
  const labels = isRegression ? [] : targets.map(target => exactNumbers([target], rows));
  const prepared = { source, task: options.task, features, labels, weights: weights[0] ?? null, rows };
  const kept = table.kept.map(column => ({
    ...column,
    values: Array.from({ length: rows.count }, (_, i) => column.values[rowAt(rows, i)]!),
  }));
  return {
    ...toDataset({ ...prepared, numbers: isRegression ? targets : [] }, encoding),
    ...((options.dropIncomplete || options.missingTarget === 'drop') && {
      rowNumbers: Uint32Array.from({ length: rows.count }, (_, i) => rowAt(rows, i) + 1),
    }),
    ...(kept.length > 0 && { kept }),
  };
}

/** Rewords errors about a saved query, which the user did not type. */
function keptQuery(error: unknown, source: string, encoding: Encoding): unknown {
  if (!(error instanceof LockstepError) || !error.text.message.startsWith(option('query'))) return error;
  const names = columnsOf(encoding).map(quoteName);
  return usageError(
    `${source}: the query that the model was trained with does not fit it: ${error.text.message.replace(/^[^:]*: /, '')}`,
    `Give one for this file: ${option('query', `SELECT ${names.join(', ')} FROM data`)}.`,
  );
}

/** Reads the file like the training file, except for options given anew. */
function withRecord(asked: TableWithOptions, record: ReadingRecord | undefined): TableWithOptions {
  if (!record) return asked;
  return {
    ...asked,
    header: asked.header && record.header,
    decimal: asked.decimal ?? record.decimal,
    naValues: asked.naValues ?? record.naValues,
    numeric: asked.numeric ?? record.numeric,
    query: asked.query ?? record.query,
  };
}

/** Column of the file that a column of the encoding is derived from. */
function sourceName(column: ColumnEncoding): string {
  return column.kind === 'number' ? (column.from?.column ?? column.name) : column.name;
}

/** Columns of the file that the features are derived from, each once. */
function columnsOf({ columns }: Encoding): string[] {
  return [...new Set(columns.map(sourceName))];
}

function chooseKnown(source: TableSource, encoding: Encoding, options: TableWithOptions) {
  const { requireTargets, weightColumn = null, keep = [], task } = options;
  if (options.query === (encoding.reading?.query ?? null)) checkPlaces(source, encoding.reading);
  const targets = requireTargets ? encoding.targets.map(name => findKnown(name, source)) : [];
  const weight = weightColumn === null ? [] : findColumns('weightColumn', [weightColumn], source);
  const used = columnsOf(encoding).map(name => ({
    name: findKnown(name, source),
    ...needOf(name, encoding),
  }));
  checkUsable(source, [...targets, ...weight, ...used.map(({ name }) => name)], { withDates: true });
  const numeric = (options.numeric ?? []).map(name => findColumn(name, source.columns));
  const isLoose = (name: string) => numeric.includes(name);
  const wishes: Wish[] = [
    ...targets.map(name => ({ name, exact: task !== 'regression', asText: isLoose(name) })),
    ...weight.map(name => ({ name, exact: false, asText: isLoose(name) })),
    ...used.map(({ asText, ...rest }) => ({ ...rest, exact: asText, asText: asText || isLoose(rest.name) })),
  ];
  return { wishes, keep: findColumns('keep', keep, source) };
}

/** Categories need their texts, and so do booleans and dates. */
function needOf(name: string, { columns }: Encoding): { asText: boolean; hashed: boolean } {
  const of = columns.filter(column => sourceName(column) === name);
  return {
    asText: of.some(column => column.kind !== 'number' || column.boolean || column.from),
    hashed: of.some(column => column.kind === 'hashed'),
  };
}

function findKnown(name: string, source: TableSource): string {
  const found = findColumn(name, source.columns);
  if (found === null) throw absentColumn(name, source);
  return found;
}

/** Columns identified by position must have the same number as in training. @throws usage */
function checkPlaces({ name, columns }: TableSource, reading: ReadingRecord | undefined): void {
  if (reading?.columns === undefined || reading.header || reading.columns === columns.length) return;
  const shift = reading.columns - columns.length;
  const renamed = columns.map(column => `${column.name} AS ${shifted(column.name, shift)}`).join(', ');
  const hint =
    shift > 0
      ? `If its first ${shift === 1 ? 'column is' : `${shift} columns are`} missing: ${option('query', `SELECT ${renamed} FROM data`)}.`
      : 'Give a file with the same columns in the same order.';
  throw usageError(
    `${name}: it has ${columns.length} columns, and the training data had ${reading.columns}. Without a header, columns are matched by position.`,
    hint,
  );
}

function shifted(name: string, by: number): string {
  return name.replace(/\d+$/, digits => String(Number(digits) + by));
}

/** Features whose missing cells have no fill value. */
function unfilled(features: readonly Feature[], { columns }: Encoding): Feature[] {
  return features.filter((_, i) => {
    const column = columns[i]!;
    return column.kind !== 'number' || column.fill === null;
  });
}
