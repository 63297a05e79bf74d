/**
 * Reads columns from files or from a query over them. settle.ts determines beforehand what there is; here the
 * chosen columns are read in one pass, exactly as they are in the files.
 */

import { failure, LockstepError, usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Opened } from '../spool/open.js';
import { Blocks } from './blocks.js';
import { asText, findLong, type Place, textOf, toFetch, type Wanted } from './cell-sql.js';
import { KeptCollector, NumberCollector } from './collect.js';
import { TextCollector } from './collect-text.js';
import type { Table } from './column.js';
import type { Dialect, DialectOptions } from './dialect.js';
import { type DuckDBConnection, type Fetch, readColumns, withDuckDB } from './duckdb.js';
import { explain, firstLine, isConversion, isDuckDBError } from './explain.js';
import { readJson } from './json.js';
import { keptTypes } from './keep.js';
import { type MemoryTable, memorySource, readMemory } from './memory.js';
import { PLAIN, type Writing } from './number-text.js';
import { findPlainColumns } from './plain-numbers.js';
import { openQuery, wrongQuery } from './query.js';
import { settleSource } from './settle.js';
import type { Scan, SourceColumn, TableSource } from './source.js';
import { csvSql } from './sql.js';
import { isExact } from './type.js';

/** A column to read. */
export interface Wish {
  name: string;
  /**
   * Whether to read texts if the file has exact ones: for classes and categories, which are named by them.
   */
  exact: boolean;
  /** Whether all texts are needed, however many there are and whatever they look like. */
  asText: boolean;
  /** Whether texts are hashed if there are too many for a category; false by default. */
  hashed?: boolean;
}

export interface ReadOptions extends DialectOptions {
  query: string | null;
  /** Columns whose texts are needed, so that a query preserves them. */
  exact: (name: string) => boolean;
  writing: Writing;
  /** Adds columns that other parts of the data may have. */
  complete?: (source: TableSource) => TableSource;
  /** Chooses the columns to read once the source is known. */
  choose: (source: TableSource) => { wishes: Wish[]; keep: string[] };
}

/** Reads the chosen columns of all rows. @throws failed, usage */
export async function readTable(opened: Opened, options: ReadOptions): Promise<Table> {
  if (opened.memory) return readFromMemory(opened.memory, options);
  let table: Table | null = null;
  const blocks = new Blocks(block => {
    table = block;
  });
  await readBlocks(opened, options, blocks);
  const { rows, source } = table!;
  if (rows > 0) return table!;
  throw noRows(source);
}

function readFromMemory(memory: MemoryTable, { query, choose, writing }: ReadOptions): Table {
  if (query !== null) {
    throw usageError(`${option('query')} is for files, and ${memory.name} are in memory.`, 'Leave it out.');
  }
  const source = memorySource(memory);
  return readMemory(memory, source, { ...choose(source), writing });
}

/** Reads the chosen columns, and hands them on in blocks of rows. @throws failed, usage */
export async function readBlocks(opened: Opened, options: ReadOptions, blocks: Blocks): Promise<void> {
  let dialect: Dialect | null = null;
  await withDuckDB(async connection => {
    try {
      const found = await settleSource(connection, opened, options, blocks.before);
      const files = options.complete?.(found) ?? found;
      dialect = files.scans[0]?.dialect ?? null;
      if (options.query === null) await readSource(connection, files, options, blocks);
      else await readQuery(connection, files, { ...options, query: options.query }, blocks);
    } catch (error) {
      if (error instanceof LockstepError || !isDuckDBError(error)) throw error;
      const lines = opened.part?.lines ?? 0;
      throw explain(error, opened.source, { dialect, lines, rows: blocks.before });
    }
  });
}

export function noRows(source: string): LockstepError {
  return failure(
    `${source}: it has no rows of data.`,
    `Check how the file was made, or the query; if the only line holds data, add ${option('header', false)}.`,
  );
}

async function readQuery(
  connection: DuckDBConnection,
  files: TableSource,
  options: ReadOptions & { query: string },
  blocks: Blocks,
): Promise<void> {
  const result = await openQuery(connection, files, options);
  try {
    await readSource(connection, result, options, blocks);
  } catch (error) {
    throw isDuckDBError(error) ? wrongQuery(firstLine(error.message)) : error;
  }
}

async function readSource(
  connection: DuckDBConnection,
  source: TableSource,
  options: ReadOptions,
  blocks: Blocks,
): Promise<void> {
  const { wishes, keep } = options.choose(source);
  const { writing } = options;
  const asked = wishes.filter(({ name, exact, asText }) => !exact && !asText && !keep.includes(name));
  const plain = await findPlainColumns(
    connection,
    source,
    asked.map(({ name }) => name),
    writing,
  );
  const reading = { source, wishes, keep, writing, blocks, counts: [], first: blocks.before };
  try {
    await readWished(connection, reading, plain);
  } catch (error) {
    // A later cell is not a number, although the first ones were. The blocks before have been handed on.
    if (plain.size === 0 || !isDuckDBError(error) || !isConversion(error)) throw error;
    await readWished(connection, reading, new Set());
  }
}

interface Wished {
  source: TableSource;
  wishes: readonly Wish[];
  keep: readonly string[];
  writing: Writing;
  blocks: Blocks;
  /** Rows of the scans that have been read to their end. */
  counts: number[];
  /** Rows of the data before this source. */
  first: number;
}

/** Reads the rows that have not been handed on. @param plain names of a text file's columns that DuckDB reads as numbers */
async function readWished(
  connection: DuckDBConnection,
  { source, wishes, keep, writing, blocks, counts, first }: Wished,
  plain: ReadonlySet<string>,
): Promise<void> {
  const find = (name: string) => {
    const at = source.columns.findIndex(column => column.name === name);
    return { at, column: source.columns[at]! };
  };
  const columns = wishes.map(wish => {
    const { at, column } = find(wish.name);
    return { at, column, wish, asNumber: isNumber(column, wish) || plain.has(wish.name) };
  });
  const kept = keep.map(find);
  blocks.begin(source.name, () => {
    const store = blocks.newStore();
    return {
      columns: columns.map(({ column, wish, asNumber }) =>
        asNumber
          ? new NumberCollector(wish.name, store, writing.naValues)
          : new TextCollector(wish.name, store, {
              writing: column.kind === 'text' ? writing : { ...writing, decimal: PLAIN.decimal },
              asText: wish.asText,
              hashed: wish.hashed ?? false,
              source: source.name,
            }),
      ),
      kept: kept.map(
        ({ column }, k) => new KeptCollector({ name: keep[k]!, ...keptTypes(column, source.format) }),
      ),
    };
  });
  let skip = blocks.before - first;
  for (const [k, scan] of source.scans.entries()) {
    const known = counts[k];
    if (known !== undefined && skip >= known) {
      skip -= known;
      continue;
    }
    const rows =
      source.format === 'json'
        ? await readObjects(connection, scan, columns, kept, blocks)
        : await readScan(connection, scan, { columns, kept, writing, blocks, skip });
    counts[k] = skip + rows;
    skip = 0;
  }
  await blocks.end();
}

async function readScan(
  connection: DuckDBConnection,
  scan: Scan,
  {
    columns,
    kept,
    writing,
    blocks,
    skip,
  }: { columns: readonly Wanted[]; kept: readonly Place[]; writing: Writing; blocks: Blocks; skip: number },
): Promise<number> {
  const numbers = columns.filter(({ asNumber }) => asNumber);
  const whole = fromOf(scan, new Set(numbers.map(({ at }) => scan.sqlNames[at]!)));
  const from = skip === 0 ? whole : `(SELECT * FROM ${whole} OFFSET ${skip})`;
  const texts = columns.map(one => textOf(one, scan));
  const areLong = await findLong(connection, from, texts);
  const fetches: Fetch[] = [
    ...columns.map((one, k) => toFetch(one, texts[k]!, scan, areLong[k]! ? writing : null)),
    ...kept.map(({ at }) => ({ as: 'kept', sql: asText(scan.sqlNames[at]!) }) as const),
  ];
  return readColumns(connection, from, fetches, blocks);
}

/** The FROM clause, with some columns of a text file as numbers. */
function fromOf({ from, paths, dialect }: Scan, numbers: ReadonlySet<string>): string {
  return dialect === null || numbers.size === 0 ? from : csvSql(paths, dialect, dialect.header, numbers);
}

/** Whether the column is read only as numbers, because the file has no texts or they are not needed. */
function isNumber({ kind, type, isPartlyWhole = false }: SourceColumn, { exact }: Wish): boolean {
  return kind === 'number' && type !== 'NUMBER' && !(exact && (isExact(type) || isPartlyWhole));
}

function readObjects(
  connection: DuckDBConnection,
  scan: Scan,
  columns: readonly Place[],
  kept: readonly Place[],
  blocks: Blocks,
): Promise<number> {
  const wanted = [
    ...columns.map(({ column }) => ({ key: column.name, asJson: false })),
    ...kept.map(({ column }) => ({ key: column.name, asJson: true })),
  ];
  return readJson(connection, scan.from, wanted, blocks);
}
