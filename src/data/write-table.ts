/** Writes a table to a CSV, JSON or Parquet file, which is there whole or not at all. Runs on the coordinator. */
import { createReadStream } from 'node:fs';
import { access, appendFile, constants, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { failure, usageError } from '../errors.js';
import { replaceFile, syncFile, unwritable } from '../replace-file.js';
import type { KeptColumn } from './dataset.js';
import { unreadable } from './files.js';
import { Scratch } from './spool/scratch.js';
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

/** Takes the next rows: columns of equal length, with the same names and types in each call. */
export type AddRows = (columns: readonly OutputColumn[]) => Promise<void>;

/**
 * Writes a table block by block, replacing an existing file. CSV is written at once; the rows of JSON and Parquet are kept
 * in a temporary file, as the type of a copied column depends on all of them. Returns the names that the columns have in
 * the file: if names differ only in case, later ones get a number.
 *
 * @param work adds the rows
 * @throws as checkOutput, and failed if the disk doesn't accept the file; no file is left then
 */
export async function writeTable(path: string, work: (add: AddRows) => Promise<void>): Promise<string[]> {
  await checkOutput(path);
  const extension = extname(path).toLowerCase();
  let names: string[] = [];
  await replaceFile(path, async temporary => {
    names = await inScratch(folder => {
      const write = (bytes: Uint8Array) => appendFile(temporary, bytes);
      if (extension === '.csv') return writeCsv(folder, write, work);
      return writeAtEnd(folder, temporary, extension, work);
    });
    await syncFile(temporary);
  });
  return names;
}

/** Prints a table, with the same bytes as a file would have; CSV block by block. @param write waits until there is room */
export async function printTable(
  format: 'csv' | 'json',
  write: (bytes: Uint8Array) => Promise<void>,
  work: (add: AddRows) => Promise<void>,
): Promise<string[]> {
  return inScratch(async folder => {
    if (format === 'csv') return writeCsv(folder, write, work);
    const path = join(folder, 'table.json');
    const names = await writeAtEnd(folder, path, '.json', work);
    for await (const piece of createReadStream(path)) await write(piece as Uint8Array);
    return names;
  });
}

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const scratch = await Scratch.create();
  try {
    return await work(scratch.folder);
  } finally {
    scratch.dispose();
  }
}

/** Each block becomes a file, whose bytes are passed on. */
async function writeCsv(
  folder: string,
  write: (bytes: Uint8Array) => Promise<void>,
  work: (add: AddRows) => Promise<void>,
): Promise<string[]> {
  const path = join(folder, 'block.csv');
  let names: string[] | null = null;
  await withDuckDB(async connection => {
    await work(async columns => {
      const isFirst = names === null;
      names ??= toldApart(columns.map(({ name }) => name));
      await createTable(connection, columns);
      await appendColumns(connection, columns);
      await copyTable(connection, columns, { names, path, extension: '.csv', header: isFirst });
      await write(await readBack(path));
    });
  }, folder);
  return names ?? [];
}

async function readBack(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** All blocks become one table of DuckDB, which keeps in the folder what doesn't fit into its share of memory. */
async function writeAtEnd(
  folder: string,
  path: string,
  extension: string,
  work: (add: AddRows) => Promise<void>,
): Promise<string[]> {
  let first: readonly OutputColumn[] | null = null;
  let names: string[] = [];
  await withDuckDB(async connection => {
    await work(async columns => {
      if (first === null) {
        first = columns;
        names = toldApart(columns.map(({ name }) => name));
        await createTable(connection, columns);
      }
      await appendColumns(connection, columns);
    });
    if (first !== null) await copyTable(connection, first, { names, path, extension, header: true });
  }, folder);
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

async function createTable(connection: DuckDBConnection, columns: readonly OutputColumn[]): Promise<void> {
  const declared = columns.map(({ values }, j) => `c${j} ${typeOf(values)}`);
  await connection.run(`CREATE OR REPLACE TABLE output (${declared.join(', ')})`);
}

/** Writes all rows of the table. @param names of the columns in the file, which must differ in more than case */
async function copyTable(
  connection: DuckDBConnection,
  columns: readonly OutputColumn[],
  file: { names: readonly string[]; path: string; extension: string; header: boolean },
): Promise<void> {
  const { names, path, extension, header } = file;
  const written: string[] = [];
  for (const [j, column] of columns.entries()) {
    const name = `c${j}`;
    const value = 'types' in column ? await keptCells(connection, { ...column, name }, extension) : name;
    written.push(`${value} AS ${quoteName(names[j]!)}`);
  }
  const select = `SELECT ${written.join(', ')} FROM output`;
  const options = extension === '.csv' ? `FORMAT csv, HEADER ${header}` : FORMATS[extension];
  await connection.run(`COPY (${select}) TO ${quoteText(path)} (${options})`);
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
