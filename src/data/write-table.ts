/**
 * Writes a table to a CSV, JSON or Parquet file, whole or not at all: to a temporary file in the same folder,
 * then renamed into place. Runs on the coordinator's side.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { failure, LockstepError, usageError } from '../errors.js';
import type { KeptColumn } from './dataset.js';
import { type DuckDBConnection, withDuckDB } from './table/duckdb.js';
import { isDuckDBError } from './table/explain.js';
import { cellText, cellValue, finiteValue, holdsInfinite, isOther, parquetType } from './table/spelling.js';
import { quoteName, quoteText } from './table/sql.js';

/** A column of numbers, of whole numbers, of texts, or one that was kept as it is. */
export type OutputColumn =
  | { name: string; values: Float64Array | Uint32Array | readonly string[] }
  | KeptColumn;

/** Column k of a table (rows, width). */
export function columnOf(table: Float64Array, k: number, width: number): Float64Array {
  const column = new Float64Array(table.length / width);
  for (let row = 0, i = k; row < column.length; row++, i += width) column[row] = table[i]!;
  return column;
}

/** What DuckDB's COPY is told, by the file's extension. */
const FORMATS: Readonly<Record<string, string>> = {
  '.csv': 'FORMAT csv, HEADER',
  '.json': 'FORMAT json, ARRAY',
  '.parquet': 'FORMAT parquet',
};

/** DuckDB's own vectors hold this many rows. */
const CHUNK_ROWS = 2048;

/**
 * Looks before the work is done whether a table can be written there.
 * @throws usage where the extension is none of the formats'; failed where the folder can't be written to
 */
export async function checkOutput(path: string): Promise<void> {
  if (FORMATS[extname(path).toLowerCase()] === undefined) {
    throw usageError(
      `${path}: expected a name that ends in ${Object.keys(FORMATS).join(', ')}, got "${basename(path)}".`,
      'Try predictions.csv.',
    );
  }
  try {
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw failure(`${path}: expected a file to write, got a folder.`, 'Give another name.');
}

/**
 * Writes the columns, all of one length, replacing a file that is there. Returns the names it gave them: of names that differ
 * in capitals only, the later ones get a number.
 *
 * @throws as checkOutput, and failed where the disk doesn't take it; then no file is left
 */
export async function writeTable(path: string, columns: readonly OutputColumn[]): Promise<string[]> {
  await checkOutput(path);
  const names = toldApart(columns.map(({ name }) => name));
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  // A second Ctrl-C ends the process at once.
  const remove = () => rmSync(temporary, { force: true });
  process.once('exit', remove);
  try {
    await copyColumns(columns, names, temporary, extname(path).toLowerCase());
    await syncFile(temporary);
    await rename(temporary, path);
    return names;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(path, cause);
  } finally {
    process.off('exit', remove);
  }
}

/** The same names; of those that differ in capitals only, which DuckDB takes for one, the later ones get a number. */
function toldApart(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map(name => {
    let given = name;
    for (let number = 2; taken.has(given.toLowerCase()); number++) given = `${name}_${number}`;
    taken.add(given.toLowerCase());
    return given;
  });
}

/** @param names that the file gives the columns, no two of which differ in capitals only: DuckDB takes those for one */
async function copyColumns(
  columns: readonly OutputColumn[],
  names: readonly string[],
  path: string,
  extension: string,
): Promise<void> {
  await withDuckDB(async connection => {
    const declared = columns.map(({ values }, j) => `c${j} ${typeOf(values)}`);
    await connection.run(`CREATE TABLE output (${declared.join(', ')})`);
    await appendColumns(connection, columns);
    const written: string[] = [];
    for (const [j, column] of columns.entries()) {
      const name = `c${j}`;
      const value = 'types' in column ? await keptCells(connection, { ...column, name }, extension) : name;
      written.push(`${value} AS ${quoteName(names[j]!)}`);
    }
    const select = `SELECT ${written.join(', ')} FROM output`;
    await connection.run(`COPY (${select}) TO ${quoteText(path)} (${FORMATS[extension]})`);
  });
}

/** The cells of a kept column, which has the name that it has in DuckDB, as a format has them. */
async function keptCells(
  connection: DuckDBConnection,
  column: KeptColumn,
  extension: string,
): Promise<string> {
  if (extension === '.csv') return cellText(column);
  const isJson = extension === '.json';
  const types = isJson ? column.types : column.types.map(parquetType);
  let chosen = types.at(-1)!;
  for (const type of types.slice(0, -1)) {
    const wrong = [isOther(column, type), ...(isJson ? [holdsInfinite(column, type)] : [])];
    if (!(await isNowhere(connection, wrong.join(' OR ')))) continue;
    chosen = type;
    break;
  }
  return isJson ? finiteValue(column, chosen) : cellValue(column, chosen);
}

/** Whether a condition holds in no row; no, where texts can't be made into the type it asks about. */
async function isNowhere(connection: DuckDBConnection, condition: string): Promise<boolean> {
  try {
    const found = await connection.runAndReadAll(`SELECT 1 FROM output WHERE ${condition} LIMIT 1`);
    return found.currentRowCount === 0;
  } catch (error) {
    if (isDuckDBError(error)) return false;
    throw error;
  }
}

async function appendColumns(connection: DuckDBConnection, columns: readonly OutputColumn[]): Promise<void> {
  const { DuckDBDataChunk, DOUBLE, UINTEGER, VARCHAR } = await import('@duckdb/node-api');
  const rows = columns[0]?.values.length ?? 0;
  const appender = await connection.createAppender('output');
  const types = columns.map(({ values }) => ({ DOUBLE, UINTEGER, VARCHAR })[typeOf(values)]);
  for (let begin = 0; begin < rows; begin += CHUNK_ROWS) {
    const end = Math.min(begin + CHUNK_ROWS, rows);
    const chunk = DuckDBDataChunk.create(types, end - begin);
    chunk.setColumns(columns.map(({ values }) => cellsOf(values, begin, end)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** Rows begin ≤ i < end; what is no finite number becomes an empty cell, as JSON has no word for it. */
function cellsOf(values: OutputColumn['values'], begin: number, end: number): (string | number | null)[] {
  if (!ArrayBuffer.isView(values)) return values.slice(begin, end);
  return Array.from(values.subarray(begin, end), value => (Number.isFinite(value) ? value : null));
}

/** DuckDB's. */
function typeOf(values: OutputColumn['values']): 'DOUBLE' | 'UINTEGER' | 'VARCHAR' {
  if (values instanceof Float64Array) return 'DOUBLE';
  return values instanceof Uint32Array ? 'UINTEGER' : 'VARCHAR';
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function unwritable(path: string, cause: unknown) {
  if (cause instanceof LockstepError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const [reason] = message.split('\n');
  return failure(
    `${path}: expected a file that can be written, got ${code ?? reason}.`,
    'Give a path in a folder that exists and may be written to.',
    cause,
  );
}
