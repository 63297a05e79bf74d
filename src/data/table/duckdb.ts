/**
 * The only door to DuckDB: an in-memory database of this process that spills nothing to disk and fetches
 * nothing from the network. Tables come out column by column, as vectors of its chunks, never row by row.
 */
import { createRequire } from 'node:module';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import type { KeptCollector, NumberCollector, Piece, TextCollector } from './collect.js';
import { loadingDuckDB } from './duckdb-package.js';
import { parquetSchemaSql, quoteText } from './sql.js';

export type { DuckDBConnection };

// Loaded only when there is work: that alone takes 0.1 s, and 0.04 s more as modules, whose names are looked for in
// the text of each file.
const require = createRequire(import.meta.url);
const duckdb = () => loadingDuckDB(() => require('@duckdb/node-api') as typeof import('@duckdb/node-api'));
const duckdbBindings = () => require('@duckdb/node-bindings') as typeof import('@duckdb/node-bindings');

/** What DuckDB reads ahead of whoever takes the rows of a stream; with its own 1 MB its threads often wait. */
const STREAM_BYTES = 4e6;

/** Opens a database for the time of one piece of work; one that is under way as the process ends is given up. */
export async function withDuckDB<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = duckdb();
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    temp_directory: '',
  });
  const connection = await instance.connect();
  // Node.js waits for it before it ends, and takes no signal any more.
  const giveUp = () => connection.interrupt();
  process.once('exit', giveUp);
  try {
    // A time with a zone is the same text on every machine.
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET streaming_buffer_size = '${STREAM_BYTES}B'`);
    return await work(connection);
  } finally {
    process.off('exit', giveUp);
    connection.closeSync();
    instance.closeSync();
  }
}

/** The files that a pattern stands for, in the order of their names. */
export async function listFiles(connection: DuckDBConnection, pattern: string): Promise<string[]> {
  const result = await connection.runAndReadAll(`SELECT file FROM glob(${quoteText(pattern)}) ORDER BY file`);
  const paths = result.getColumns()[0]?.map(String) ?? [];
  return paths.map(path => (pattern.startsWith('./') ? path : path.replace(/^\.\//, '')));
}

/** What each statement of a text is: SELECT, COPY, …; as many as there are. Binds a single one; runs none. */
export async function statementKinds(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const { StatementType } = await import('@duckdb/node-api');
  const extracted = await connection.extractStatements(sql);
  if (extracted.count !== 1) return Array.from({ length: extracted.count }, () => 'several');
  const statement = await extracted.prepare(0);
  try {
    return [StatementType[statement.statementType]];
  } finally {
    statement.destroySync();
  }
}

/** The columns of what follows a FROM, by DuckDB's names and types. */
export async function describe(
  connection: DuckDBConnection,
  from: string,
): Promise<{ name: string; type: string }[]> {
  const result = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
  const [names = [], types = []] = result.getColumns();
  return names.map((name, i) => ({ name: String(name), type: String(types[i]) }));
}

/** The cells of the first row, as texts; as many nulls if there is none. */
export async function firstRow(
  connection: DuckDBConnection,
  from: string,
  cells: number,
): Promise<(string | null)[]> {
  const result = await connection.runAndReadAll(`SELECT * FROM ${from} LIMIT 1`);
  const [row] = result.getRows();
  return Array.from({ length: cells }, (_, j) => (row?.[j] ?? null) as string | null);
}

/** The cells of the first rows, as texts, by column. */
export async function firstRows(
  connection: DuckDBConnection,
  from: string,
  count: number,
): Promise<Map<string, (string | null)[]>> {
  const result = await connection.runAndReadAll(`SELECT * FROM ${from} LIMIT ${count}`);
  const columns = result.getColumns();
  return new Map(result.columnNames().map((name, j) => [name, (columns[j] ?? []) as (string | null)[]]));
}

/** The names of a Parquet file's columns as the file has them: DuckDB changes one that differs from another in capitals alone. */
export async function parquetColumns(connection: DuckDBConnection, path: string): Promise<string[]> {
  const sql = `SELECT name, num_children FROM ${parquetSchemaSql([path])}`;
  const result = await connection.runAndReadAll(sql);
  const [names = [], counts = []] = result.getColumns();
  const columns: string[] = [];
  // The first is the file itself; what is inside of a column follows it.
  const skip = (i: number): number => {
    let next = i + 1;
    for (let k = 0; k < Number(counts[i] ?? 0); k++) next = skip(next);
    return next;
  };
  for (let i = 1; i < names.length; i = skip(i)) columns.push(String(names[i]));
  return columns;
}

/** How DuckDB is asked for a column. */
export type Fetch =
  /** In float64. */
  | { as: 'number'; sql: string; collector: NumberCollector }
  /** To the letter; `number` is the SQL of what longer texts are as numbers. */
  | { as: 'text'; sql: string; number: string | null; collector: TextCollector }
  | { as: 'kept'; sql: string; collector: KeptCollector };

/**
 * Reads columns in one pass, each piece into its collector, in the order of the rows; answers with their count.
 */
export async function readColumns(
  connection: DuckDBConnection,
  from: string,
  fetches: readonly Fetch[],
): Promise<number> {
  const expressions = fetches.flatMap(fetch =>
    fetch.as === 'text' && fetch.number !== null ? [fetch.sql, fetch.number] : [fetch.sql],
  );
  const bindings = duckdbBindings();
  return await streamRows(connection, { expressions, from }, (chunk, count) => {
    // Whole columns of the chunk, where they lie: an object a cell would take longer than the scan.
    const piece = (j: number, bytes: number): Piece => {
      const vector = bindings.data_chunk_get_vector(chunk.chunk, j);
      const filled = bindings.vector_get_validity(vector, Math.ceil(count / 64) * 8) ?? null;
      return { count, data: bindings.vector_get_data(vector, count * bytes), filled };
    };
    let j = 0;
    for (const fetch of fetches) {
      if (fetch.as === 'number') fetch.collector.add(piece(j, 8));
      else {
        const texts = chunk.getColumnVector(j);
        const textAt = (i: number) => texts.getItem(i) as string;
        if (fetch.as === 'kept') fetch.collector.add(piece(j, 16), textAt);
        else fetch.collector.add(piece(j, 16), textAt, fetch.number === null ? null : piece(++j, 8));
      }
      j++;
    }
  });
}

/** Calls `visit` with the text in each row of an expression, in their order, from 0. */
export async function readTexts(
  connection: DuckDBConnection,
  { expression, from }: { expression: string; from: string },
  visit: (text: string, row: number) => void,
): Promise<void> {
  let row = 0;
  await streamRows(connection, { expressions: [expression], from }, (chunk, count) => {
    const texts = chunk.getColumnVector(0);
    for (let i = 0; i < count; i++) visit(texts.getItem(i) as string, row++);
  });
}

/** The chunks of a result, each next one made by another thread while the reader works on the last. */
async function* chunksOf(result: DuckDBResult): AsyncGenerator<DuckDBDataChunk> {
  let next = result.fetchChunk();
  try {
    for (;;) {
      const chunk = await next;
      if (chunk === null || chunk.rowCount === 0) return;
      next = result.fetchChunk();
      yield chunk;
    }
  } finally {
    // Nobody closes the connection of a fetch that is under way.
    await next.catch(() => null);
  }
}

/**
 * Calls `visit` with each chunk of the rows while the scan runs; answers with their count. A stream that fails ends as
 * one that is at its end, without a word: so a row behind all others says that it came to its end, and without that row
 * the query is run again, whole, for its error.
 */
async function streamRows(
  connection: DuckDBConnection,
  { expressions, from }: { expressions: readonly string[]; from: string },
  visit: (chunk: DuckDBDataChunk, count: number) => void,
): Promise<number> {
  // The rows are counted even if no column is read.
  const rows = `SELECT ${[...expressions, 'false'].join(', ')} FROM ${from}`;
  const result = await connection.stream(
    `${rows} UNION ALL SELECT ${[...expressions.map(() => 'NULL'), 'true'].join(', ')}`,
  );
  const bindings = duckdbBindings();
  let seen = 0;
  let isEnd = false;
  for await (const chunk of chunksOf(result)) {
    if (isEnd) throw new Error('DuckDB gave rows behind the last one');
    const marks = bindings.data_chunk_get_vector(chunk.chunk, expressions.length);
    isEnd = bindings.vector_get_data(marks, chunk.rowCount)[chunk.rowCount - 1] === 1;
    const count = chunk.rowCount - Number(isEnd);
    if (count > 0) visit(chunk, count);
    seen += count;
  }
  if (!isEnd) {
    await connection.run(rows);
    throw new Error('a query of DuckDB ended before its last row');
  }
  return seen;
}
