/**
 * From the files, or a query over them, to columns. What there is to read is settled before (settle.ts); here the chosen
 * columns are read in one pass, exactly as the files have them.
 */
import { failure, LockstepError } from '../../errors.js';
import { KeptCollector, NumberCollector, TextCollector } from './collect.js';
import type { Table } from './column.js';
import type { DialectOptions } from './dialect.js';
import { type DuckDBConnection, type Fetch, readColumns, withDuckDB } from './duckdb.js';
import { explain, isDuckDBError } from './explain.js';
import { readJson } from './json.js';
import { keptTypes } from './keep.js';
import { PLAIN, type Writing } from './number-text.js';
import { openQuery } from './query.js';
import { type Scan, type SourceColumn, settleSource, type TableSource } from './settle.js';
import { quoteName } from './sql.js';
import { PieceStore } from './store.js';
import { isExact } from './type.js';

/** A column to read. */
export interface Wish {
  name: string;
  /** As texts where the file has exact ones: for classes and categories, which are named by them. */
  exact: boolean;
  /** All texts are needed, however many there are and whatever they look like. */
  asText: boolean;
}

export interface ReadOptions extends DialectOptions {
  query: string | null;
  writing: Writing;
  /** Settles what to read, once it is known what there is. */
  choose: (source: TableSource) => { wishes: Wish[]; keep: string[] };
}

/** Reads the columns that are chosen. @throws failed, usage */
export async function readTable(name: string, options: ReadOptions): Promise<Table> {
  const table = await withDuckDB(async connection => {
    try {
      const files = await settleSource(connection, name, options);
      if (options.query === null) return await readSource(connection, files, options);
      const result = await openQuery(connection, files, options.query, options.writing);
      return await readSource(connection, result, { ...options, writing: { ...options.writing, decimal: '.' } });
    } catch (error) {
      if (error instanceof LockstepError || !isDuckDBError(error)) throw error;
      throw explain(error, name);
    }
  });
  if (table.rows > 0) return table;
  throw failure(
    `${table.source}: it has no rows of data.`,
    'Check how the file was made, or the query; if the only line holds data, add --no-header.',
  );
}

async function readSource(
  connection: DuckDBConnection,
  source: TableSource,
  options: ReadOptions,
): Promise<Table> {
  const { wishes, keep } = options.choose(source);
  const store = new PieceStore();
  const writing = source.format === 'parquet' ? { ...options.writing, decimal: PLAIN.decimal } : options.writing;
  const at = (name: string) => source.columns.findIndex(column => column.name === name);
  const columns = wishes.map(wish => {
    const column = source.columns[at(wish.name)]!;
    const collector = isNumber(column, wish)
      ? new NumberCollector(wish.name, store)
      : new TextCollector(wish.name, store, { writing, asText: wish.asText, source: source.name });
    return { at: at(wish.name), column, collector };
  });
  const kept = keep.map(name => {
    const column = source.columns[at(name)]!;
    return { at: at(name), column, collector: new KeptCollector({ name, ...keptTypes(column, source.format) }) };
  });
  let rows = 0;
  for (const scan of source.scans) {
    if (source.format === 'json') rows += await readObjects(connection, scan, columns, kept);
    else {
      const fetches = [
        ...columns.map(one => toFetch(one, scan, writing)),
        ...kept.map(({ at, collector }) => ({ as: 'kept', sql: asText(scan.sqlNames[at]!), collector }) as const),
      ];
      rows += await readColumns(connection, scan.from, fetches);
    }
  }
  return {
    ...{ source: source.name, rows },
    columns: columns.map(({ collector }) => collector.finish()),
    kept: kept.map(({ collector }) => collector.finish()),
  };
}

/** Whether the column is read as numbers alone: the file has no texts, or nobody needs them. */
function isNumber({ kind, type }: SourceColumn, { exact }: Wish): boolean {
  return kind === 'number' && type !== 'NUMBER' && !(exact && isExact(type));
}

interface Wanted {
  /** Place among the source's columns. */
  at: number;
  column: SourceColumn;
  collector: NumberCollector | TextCollector;
}

function toFetch({ at, column, collector }: Wanted, scan: Scan, { decimal }: Writing): Fetch {
  const cell = quoteName(scan.sqlNames[at]!);
  if (collector instanceof NumberCollector) return { as: 'number', sql: `CAST(${cell} AS DOUBLE)`, collector };
  if (column.type === 'TEXT') return { as: 'text', sql: cell, number: longNumber(cell, decimal), collector };
  const typed = column.kind === 'text' ? cell : `CAST(${cell} AS ${column.type})`;
  const text = `CAST(${typed} AS VARCHAR)`;
  return { as: 'text', sql: text, number: longNumber(text, decimal), collector };
}

function asText(sqlName: string): string {
  return `CAST(${quoteName(sqlName)} AS VARCHAR)`;
}

/** A text that is too long to come with its column, as a number; NULL if it is none. DuckDB would read 1_000 too. */
function longNumber(text: string, decimal: Writing['decimal']): string {
  const plain = decimal === '.' ? text : `replace(${text}, ',', '.')`;
  const wrong = decimal === '.' ? `contains(${text}, '_')` : `(contains(${text}, '_') OR contains(${text}, '.'))`;
  return `CASE WHEN strlen(${text}) > 12 AND NOT ${wrong} THEN TRY_CAST(${plain} AS DOUBLE) END`;
}

function readObjects(
  connection: DuckDBConnection,
  scan: Scan,
  columns: readonly Wanted[],
  kept: readonly { column: SourceColumn; collector: KeptCollector }[],
): Promise<number> {
  return readJson(connection, scan.from, [
    ...columns.map(({ column, collector }) => {
      return { key: column.name, collector: collector as TextCollector, asJson: false };
    }),
    ...kept.map(({ column, collector }) => ({ key: column.name, collector, asJson: true })),
  ]);
}
