/** Writes a table to a CSV, JSON or Parquet file, which is there whole or not at all. Runs on the coordinator. */
import { access, constants, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { failure, usageError } from '../errors.js';
import { replaceFile, syncFile, unwritable } from '../replace-file.js';
import type { KeptColumn } from './dataset.js';
import { type DuckDBConnection, withDuckDB } from './table/duckdb.js';
import { isDuckDBError } from './table/explain.js';
import { cellText, cellValue, finiteValue, holdsInfinite, isOther, parquetType } from './table/spelling.js';
import { quoteName, quoteText } from './table/sql.js';

/** A column of numbers, integers or texts, or one copied from the source. */
export type OutputColumn =
  | { name: string; values: Float64Array | Uint32Array | readonly string[] }
  | KeptColumn;

/** Column k of an array (rows, width). */
export function columnOf(table: Float64Array, k: number, width: number): Float64Array {
  const column = new Float64Array(table.length / width);
  for (let row = 0, i = k; row < column.length; row++, i += width) column[row] = table[i]!;
  return column;
}

/** Options of DuckDB's COPY by file extension. */
const FORMATS: Readonly<Record<string, string>> = {
  '.csv': 'FORMAT csv, HEADER',
  '.json': 'FORMAT json, ARRAY',
  '.parquet': 'FORMAT parquet',
};

/** Rows in one of DuckDB's vectors. */
const CHUNK_ROWS = 2048;

/**
 * Checks before the work starts whether a table can be written to a path.
 * @throws usage if the extension is unknown; failed if the folder is not writable
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
 * Writes columns of equal length, replacing an existing file. Returns the names that they have in the file:
 * if names differ only in case, later ones get a number.
 *
 * @throws as checkOutput, and failed if the disk doesn't accept the file; no file is left then
 */
export async function writeTable(path: string, columns: readonly OutputColumn[]): Promise<string[]> {
  await checkOutput(path);
  const names = toldApart(columns.map(({ name }) => name));
  await replaceFile(path, async temporary => {
    await copyColumns(columns, names, temporary, extname(path).toLowerCase());
    await syncFile(temporary);
  });
  return names;
}

/**
 * The names, with a number appended to later ones that differ only in case, because DuckDB considers them
 * equal.
 */
function toldApart(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map(name => {
    let given = name;
    for (let number = 2; taken.has(given.toLowerCase()); number++) given = `${name}_${number}`;
    taken.add(given.toLowerCase());
    return given;
  });
}

/** @param names of the columns in the file, which must differ in more than case */
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

/** Cells of a copied column in a format's representation. The column's name is the one in DuckDB. */
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

/** Whether a condition holds in no row; false if texts can't be converted to the type that it needs. */
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

/**
 * Cells of rows begin ≤ i < end; numbers that are not finite become empty cells, because JSON cannot
 * represent them.
 */
function cellsOf(values: OutputColumn['values'], begin: number, end: number): (string | number | null)[] {
  if (!ArrayBuffer.isView(values)) return values.slice(begin, end);
  return Array.from(values.subarray(begin, end), value => (Number.isFinite(value) ? value : null));
}

/** DuckDB's type of the values. */
function typeOf(values: OutputColumn['values']): 'DOUBLE' | 'UINTEGER' | 'VARCHAR' {
  if (values instanceof Float64Array) return 'DOUBLE';
  return values instanceof Uint32Array ? 'UINTEGER' : 'VARCHAR';
}
