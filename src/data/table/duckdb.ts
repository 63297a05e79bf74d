/**
 * Wrapper around DuckDB: an in-memory database in this process that neither spills to disk nor accesses the
 * network. Tables are read by column, as vectors of DuckDB's chunks, never row by row.
 */
import { createRequire } from 'node:module';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { describeCause, failure } from '../../errors.js';
import type { Blocks } from './blocks.js';
import type { KeptCollector, NumberCollector } from './collect.js';
import type { TextCollector } from './collect-text.js';
import { loadingDuckDB } from './duckdb-package.js';
import { cutPiece, type Piece } from './piece.js';
import { SHORT_BYTES, TEXT_BYTES } from './recent-texts.js';
import { parquetSchemaSql, quoteText } from './sql.js';

export type { DuckDBConnection };

// Loaded lazily because it takes 0.1 s; as ES modules it would take 0.04 s more, because Node.js then parses
// each file for its exports.
const require = createRequire(import.meta.url);
const duckdb = () => loadingDuckDB(() => require('@duckdb/node-api') as typeof import('@duckdb/node-api'));
const duckdbBindings = () => require('@duckdb/node-bindings') as typeof import('@duckdb/node-bindings');

/** DuckDB's read-ahead for streamed rows; with its default of 1 MB its threads often wait. */
const STREAM_BYTES = 4e6;

/** Memory of a database that may use a folder for the rest. */
const MEMORY = '1GiB';

/**
 * Opens a database for one piece of work. If the process exits meanwhile, the work is abandoned.
 * @param folder where tables are kept that don't fit into memory; null: all have to
 */
export async function withDuckDB<T>(
  work: (connection: DuckDBConnection) => Promise<T>,
  folder: string | null = null,
): Promise<T> {
  const { instance, connection } = await openDatabase(folder);
  // Otherwise Node.js would wait for the query before exiting, and no longer handle signals.
  const giveUp = () => connection.interrupt();
  process.once('exit', giveUp);
  try {
    return await work(connection);
  } finally {
    process.off('exit', giveUp);
    connection.closeSync();
    instance.closeSync();
  }
}

/** @throws failed if DuckDB can't open a database */
async function openDatabase(folder: string | null) {
  const { DuckDBInstance } = duckdb();
  let instance: DuckDBInstance | null = null;
  try {
    instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      temp_directory: folder ?? '',
      ...(folder !== null && { memory_limit: MEMORY }),
    });
    const connection = await instance.connect();
    // Makes times with a zone the same text on every machine.
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET streaming_buffer_size = '${STREAM_BYTES}B'`);
    return { instance, connection };
  } catch (cause) {
    instance?.closeSync();
    throw failure(
      `DuckDB, which reads tables: expected it to open a database in memory, got ${describeCause(cause)}.`,
      'End other programs, so that there is more memory.',
      cause,
    );
  }
}

/** Files that match a pattern, sorted by name; none if the text is not a pattern. */
export async function listFiles(pattern: string): Promise<string[]> {
  if (!/[*?[]/.test(pattern)) return [];
  const sql = `SELECT file FROM glob(${quoteText(pattern)}) ORDER BY file`;
  const result = await withDuckDB(connection => connection.runAndReadAll(sql));
  const paths = result.getColumns()[0]?.map(String) ?? [];
  return paths.map(path => (pattern.startsWith('./') ? path : path.replace(/^\.\//, '')));
}

/** Kinds of the statements in a text: SELECT, COPY, … A single statement is bound; none is executed. */
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

/** Columns of a FROM clause, by DuckDB's names and types. */
export async function describe(
  connection: DuckDBConnection,
  from: string,
): Promise<{ name: string; type: string }[]> {
  const result = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
  const [names = [], types = []] = result.getColumns();
  return names.map((name, i) => ({ name: String(name), type: String(types[i]) }));
}

/** Cells of the first row as texts; all null if there is none. */
export async function firstRow(
  connection: DuckDBConnection,
  from: string,
  cells: number,
): Promise<(string | null)[]> {
  const result = await connection.runAndReadAll(`SELECT * FROM ${from} LIMIT 1`);
  const [row] = result.getRows();
  return Array.from({ length: cells }, (_, j) => (row?.[j] ?? null) as string | null);
}

/** Cells of the first rows as texts, by column. */
export async function firstRows(
  connection: DuckDBConnection,
  from: string,
  count: number,
): Promise<Map<string, (string | null)[]>> {
  const result = await connection.runAndReadAll(`SELECT * FROM ${from} LIMIT ${count}`);
  const columns = result.getColumns();
  return new Map(result.columnNames().map((name, j) => [name, (columns[j] ?? []) as (string | null)[]]));
}

/** Column names of a Parquet file as stored: DuckDB changes a name that differs from another only in case. */
export async function parquetColumns(connection: DuckDBConnection, path: string): Promise<string[]> {
  const sql = `SELECT name, num_children FROM ${parquetSchemaSql([path])}`;
  const result = await connection.runAndReadAll(sql);
  const [names = [], counts = []] = result.getColumns();
  const columns: string[] = [];
  // The first element is the file; nested elements of a column follow it.
  const skip = (i: number): number => {
    let next = i + 1;
    for (let k = 0; k < Number(counts[i] ?? 0); k++) next = skip(next);
    return next;
  };
  for (let i = 1; i < names.length; i = skip(i)) columns.push(String(names[i]));
  return columns;
}

/** How a column is requested from DuckDB. */
export type Fetch =
  /** As float64. */
  | { as: 'number'; sql: string }
  /** Verbatim; `number` is the SQL expression for the numeric value of longer texts. */
  | { as: 'text'; sql: string; number: string | null }
  | { as: 'kept'; sql: string };

/**
 * Reads columns in one pass, handing each piece to its collector, in the order of `fetches`, and in row order. Returns the
 * number of rows.
 */
export async function readColumns(
  connection: DuckDBConnection,
  from: string,
  fetches: readonly Fetch[],
  blocks: Blocks,
): Promise<number> {
  const expressions = fetches.flatMap(fetch =>
    fetch.as === 'text' && fetch.number !== null ? [fetch.sql, fetch.number] : [fetch.sql],
  );
  const bindings = duckdbBindings();
  const add = (chunk: DuckDBDataChunk, whole: number, begin: number, end: number) => {
    // Whole columns of the chunk in place: an object per cell would take longer than the scan.
    const piece = (j: number, bytes: number): Piece => {
      const vector = bindings.data_chunk_get_vector(chunk.chunk, j);
      const filled = bindings.vector_get_validity(vector, Math.ceil(whole / 64) * 8) ?? null;
      const all = { count: whole, data: bindings.vector_get_data(vector, whole * bytes), filled };
      return begin === 0 && end === whole ? all : cutPiece(all, begin, end, bytes);
    };
    const { collectors } = blocks;
    let j = 0;
    for (const [k, fetch] of fetches.entries()) {
      const collector = collectors[k]!;
      if (fetch.as === 'number') (collector as NumberCollector).add(piece(j, 8));
      else {
        const texts = piece(j, TEXT_BYTES);
        const textAt = (i: number) => textIn(texts.data, i);
        if (fetch.as === 'kept') (collector as KeptCollector).add(texts, textAt);
        else (collector as TextCollector).add(texts, textAt, fetch.number === null ? null : piece(++j, 8));
      }
      j++;
    }
  };
  return await streamRows(connection, { expressions, from }, async (chunk, count) => {
    for (let begin = 0; begin < count; ) {
      const end = Math.min(count, begin + blocks.room);
      add(chunk, count, begin, end);
      if (blocks.added(end - begin)) await blocks.flush();
      begin = end;
    }
  });
}

/** Calls `visit` with the text of an expression for each row, in order, numbered from 0, and waits for its promises. */
export async function readTexts(
  connection: DuckDBConnection,
  { expression, from }: { expression: string; from: string },
  visit: (text: string, row: number) => Promise<void> | void,
): Promise<void> {
  let row = 0;
  const bindings = duckdbBindings();
  await streamRows(connection, { expressions: [expression], from }, async (chunk, count) => {
    const vector = bindings.data_chunk_get_vector(chunk.chunk, 0);
    const texts = bindings.vector_get_data(vector, count * TEXT_BYTES);
    for (let i = 0; i < count; i++) {
      const visited = visit(textIn(texts, i), row++);
      if (visited) await visited;
    }
  });
}

/**
 * Text i of a column of texts: its length, then the text itself if it is short, or a pointer to it. DuckDB's own package
 * drops a U+FEFF with which a text begins.
 */
function textIn(data: Uint8Array, i: number): string {
  const { buffer, byteOffset } = data;
  const at = byteOffset + i * TEXT_BYTES;
  const length = new DataView(buffer).getUint32(at, true);
  if (length <= SHORT_BYTES) return Buffer.from(buffer, at + 4, length).toString();
  const { get_data_from_pointer: read } = duckdbBindings();
  const bytes = read(buffer as ArrayBuffer, at + 8, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString();
}

/** Chunks of a result; the next one is fetched by another thread while the reader uses the current one. */
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
    // The connection must not be closed during a fetch.
    await next.catch(() => null);
  }
}

/**
 * Calls `visit` with each chunk while the scan runs; returns the number of rows. A failing stream looks like
 * one at its end, so a final sentinel row is added; if it is missing, the query is run again completely to
 * obtain its error. The next chunk waits until `visit` is done.
 */
async function streamRows(
  connection: DuckDBConnection,
  { expressions, from }: { expressions: readonly string[]; from: string },
  visit: (chunk: DuckDBDataChunk, count: number) => Promise<void>,
): Promise<number> {
  // Rows are counted even if no column is read.
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
    if (count > 0) await visit(chunk, count);
    seen += count;
  }
  if (!isEnd) {
    // Computes all cells without keeping them.
    await connection.run(`SELECT bit_xor(hash(r)) FROM (${rows}) AS r`);
    throw new Error('a query of DuckDB ended before its last row');
  }
  return seen;
}
