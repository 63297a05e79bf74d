/**
 * Loads a table for a trained network: finds the columns of its encoding by name, and converts them to
 * features with the saved constants.
 */

import { LockstepError, usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { ColumnEncoding, Dataset, Encoding, ReadingRecord } from '../dataset.js';
import type { Opened } from '../spool/open.js';
import { allMissing, keepRows, selectWhole, toDataset } from './assemble.js';
import { type Block, Blocks } from './blocks.js';
import { absentColumn, checkUsable, findColumn, findColumns } from './choose.js';
import { exactNumbers } from './encode.js';
import type { Feature } from './feature.js';
import { emptyColumn } from './json.js';
import { KnownColumns } from './known-columns.js';
import type { TableWithOptions } from './options.js';
import { noRows, type ReadOptions, readBlocks, readTable, type Wish } from './read.js';
import { writingOf } from './read-chosen.js';
import { rowAt } from './selection.js';
import type { TableSource } from './source.js';
import { quoteName } from './sql.js';

/** Rows for a trained network, encoded as in training. @throws failed, usage */
export async function loadTableWith(
  opened: Opened,
  encoding: Encoding,
  asked: TableWithOptions,
): Promise<Dataset> {
  const known = new KnownTable(opened.source, encoding, asked);
  const table = await known.retold(readTable(opened, known.reading));
  return known.encode({ ...table, firstRow: 0 }, keepRows);
}

/**
 * The same in blocks of rows, which are handed on one after the other, each as soon as it has been read. A block has at
 * most `size` rows. Memory doesn't grow with the number of blocks, unless a query is given.
 * @param parts of the source in order, with the same columns: its files, or what has arrived from a pipe
 */
export async function loadTableBlocks(
  parts: AsyncIterable<Opened> | Iterable<Opened>,
  encoding: Encoding,
  asked: TableWithOptions,
  { size, visit }: { size: number; visit: (block: Dataset) => Promise<void> | void },
): Promise<void> {
  let known: KnownTable | null = null;
  let before = 0;
  let kept = 0;
  let name = '';
  let check = () => {};
  for await (const part of parts) {
    known ??= new KnownTable(part.source, encoding, asked);
    const { encode } = known;
    const visitBlock = async (block: Block) => {
      name = block.source;
      if (block.rows === 0) return;
      const data = encode(block, selectWhole);
      kept += data.rows;
      if (data.rows > 0) await visit(data);
    };
    const blocks = new Blocks(visitBlock, { size, before });
    const isObjects = part.part !== undefined && part.format === 'json';
    await known.retold(readBlocks(part, isObjects ? known.readingOfPart : known.reading, blocks));
    before = blocks.before;
    if (isObjects) check = () => known!.checkParts(name);
  }
  if (before === 0) throw noRows(name);
  check();
  if (kept === 0) throw allMissing({ source: name, rows: before });
}

/** How the columns of an encoding are read from a table, and encoded. */
class KnownTable {
  readonly #source: string;
  readonly #encoding: Encoding;
  readonly #asked: TableWithOptions;
  readonly #options: TableWithOptions;
  /** Names of the columns of all parts so far. */
  readonly #seen = new Set<string>();
  #use: KnownColumns | null = null;

  constructor(source: string, encoding: Encoding, asked: TableWithOptions) {
    const options = withRecord(asked, encoding.reading);
    const requireTargets = options.requireTargets && !encoding.targetIsInput;
    this.#source = source;
    this.#encoding = encoding;
    this.#asked = asked;
    this.#options = { ...options, requireTargets };
  }

  /** What is read: targets, then weights if any, then the columns of features. */
  get reading(): ReadOptions {
    const encoding = this.#encoding;
    const options = this.#options;
    return {
      ...options,
      writing: writingOf(options),
      exact: name => encoding.targets.includes(name) || needOf(name, encoding).asText,
      choose: found => chooseKnown(found, encoding, options),
    };
  }

  /** The same for a part of objects, which may lack what others have. */
  get readingOfPart(): ReadOptions {
    const complete = (source: TableSource): TableSource => {
      for (const { name } of source.columns) this.#seen.add(name);
      const lacking = this.#names.filter(name => findColumn(name, source.columns) === null);
      return { ...source, columns: [...source.columns, ...lacking.map(emptyColumn)] };
    };
    return { ...this.reading, complete };
  }

  /** @throws usage if no part had one of the columns */
  checkParts(name: string): void {
    const columns = [...this.#seen].map(emptyColumn);
    const lacking = this.#names.find(one => findColumn(one, columns) === null);
    if (lacking !== undefined) throw absentColumn(lacking, { name, format: 'json', scans: [], columns });
  }

  /** Names of the columns that are read. */
  get #names(): string[] {
    const { requireTargets, weightColumn, keep = [] } = this.#options;
    const encoding = this.#encoding;
    return [
      ...(requireTargets ? encoding.targets : []),
      ...(weightColumn == null ? [] : [weightColumn]),
      ...columnsOf(encoding),
      ...keep,
    ];
  }

  /** Rewords errors of a query that the user did not type. */
  retold<T>(reading: Promise<T>): Promise<T> {
    return reading.catch(error => {
      throw this.#asked.query === null ? keptQuery(error, this.#source, this.#encoding) : error;
    });
  }

  /** @param select the rows to use: those without missing cells in these columns */
  readonly encode = (table: Block, select: typeof selectWhole): Dataset => {
    const source = this.#source;
    const encoding = this.#encoding;
    const options = this.#options;
    const { firstRow } = table;
    const use = this.#useOf(table);
    const count = options.requireTargets ? encoding.targets.length : 0;
    const begin = count + (options.weightColumn == null ? 0 : 1);
    const known = table.columns.slice(0, count).map((column, k) => use.target(column, k));
    const targets = known.map(({ feature }) => feature);
    const weights = table.columns.slice(count, begin).map(column => use.weight(column));
    const columns = columnsOf(encoding);
    const features = encoding.columns.map(one =>
      use.feature(table.columns[begin + columns.indexOf(sourceName(one))]!, one),
    );
    const rows = select(table, [
      ...targets,
      ...weights,
      ...(options.dropIncomplete ? unfilled(features, encoding) : []),
    ]);
    for (const { check } of known) check(rows);
    const isRegression = options.task === 'regression';
    const labels = isRegression ? [] : targets.map(target => exactNumbers([target], rows));
    const { task, isForBlocks = false } = options;
    const prepared = {
      ...{ source, task, features, labels, rows },
      weights: weights[0] ?? null,
      isForCache: isForBlocks,
    };
    const kept = table.kept.map(column => ({
      ...column,
      values: Array.from({ length: rows.count }, (_, i) => column.values[rowAt(rows, i)]!),
    }));
    return {
      ...toDataset({ ...prepared, numbers: isRegression ? targets : [] }, encoding),
      ...((options.dropIncomplete || options.missingTarget === 'drop') && {
        rowNumbers: Uint32Array.from({ length: rows.count }, (_, i) => firstRow + rowAt(rows, i) + 1),
      }),
      ...(firstRow > 0 && { firstRow }),
      ...(kept.length > 0 && { kept }),
    };
  };

  #useOf({ source, firstRow }: Block): KnownColumns {
    this.#use ??= new KnownColumns(source, this.#encoding, this.#options);
    this.#use.firstRow = firstRow;
    return this.#use;
  }
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
