/**
 * Determines what a table consists of: its files, their format and layout, and its columns, once and over all
 * files, before any cell is read as a number. Later files may have the columns in another order.
 */

import { usageError } from '../../errors.js';
import { option, options } from '../../option-names.js';
import { checkGzip } from '../files.js';
import { collapseBlanks } from '../spool/blanks.js';
import type { Opened } from '../spool/open.js';
import { type Dialect, type DialectOptions, findDialect } from './dialect.js';
import { type DuckDBConnection, describe, firstRow, parquetColumns } from './duckdb.js';
import { explain, isDuckDBError } from './explain.js';
import { checkFormat, type TableFormat } from './format.js';
import { findJsonColumns } from './json.js';
import type { SourceColumn, TableSource } from './source.js';
import { csvName, csvSql, jsonSql, parquetSql } from './sql.js';
import { commonType, isPartlyWhole, kindOfType } from './type.js';

/** Determines the source. @param firstRow rows of the data before it. @throws failed, usage */
export async function settleSource(
  connection: DuckDBConnection,
  { source: name, paths, format: known, rewrite, part }: Opened,
  asked: DialectOptions,
  firstRow = 0,
): Promise<TableSource> {
  const format = known!;
  await checkFiles(paths, format);
  if (format === 'json') return settleJson(connection, name, paths, firstRow);
  const parts =
    format === 'parquet'
      ? await parquetParts(connection, paths)
      : await csvParts(connection, paths, {
          ...asked,
          isTsv: format === 'tsv',
          rewrite,
          dialect: part?.dialect ?? null,
          lines: part?.lines ?? 0,
        });
  for (const part of parts) checkTwice(part);
  return { name, format, ...join(parts) };
}

/** @throws failed if a file has another format or is damaged */
async function checkFiles(paths: readonly string[], format: TableFormat): Promise<void> {
  for (const path of paths) {
    await checkFormat(path, format);
    if (path.endsWith('.gz')) await checkGzip(path);
  }
}

interface PartColumn {
  /** column0, column1, … if it has no name. */
  name: string;
  unnamed: boolean;
  sqlName: string;
  type: string;
}

function partColumn(text: string | null, j: number, sqlName: string, type: string): PartColumn {
  const name = text?.trim() ? text : null;
  return { name: name ?? `column${j}`, unnamed: name === null, sqlName, type };
}

/** Files with the same columns in the same order. */
interface Part {
  paths: string[];
  from: string;
  dialect: Dialect | null;
  columns: PartColumn[];
}

async function csvParts(
  connection: DuckDBConnection,
  paths: readonly string[],
  asked: DialectOptions &
    Pick<Opened, 'rewrite'> & {
      isTsv: boolean;
      dialect: Dialect | null;
      lines: number;
    },
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const given of paths) {
    const found = asked.dialect ?? (await findDialect(given, asked.isTsv, asked));
    const isBlank = found.delimiter === 'whitespace';
    const path = isBlank ? await asked.rewrite(collapseBlanks(given, found.quote), given) : given;
    const dialect = isBlank ? { ...found, delimiter: '\t', isBlank } : found;
    const names = asked.header ? await readHeader(connection, path, dialect, asked.lines) : unnamed(dialect);
    const columns = names.map((name, j) => partColumn(name, j, csvName(j), 'TEXT'));
    addPart(parts, { paths: [path], from: '', dialect, columns });
  }
  return parts.map(part => ({ ...part, from: rowsSql(part.paths, part.dialect!) }));
}

async function readHeader(connection: DuckDBConnection, path: string, dialect: Dialect, lines: number) {
  try {
    return await firstRow(connection, csvSql([path], dialect, false), dialect.cells);
  } catch (error) {
    if (!isDuckDBError(error)) throw error;
    throw explain(error, path, { dialect, lines });
  }
}

function unnamed({ cells }: Dialect): null[] {
  return Array.from({ length: cells }, () => null);
}

/** The rows below the header and the rows to skip. */
function rowsSql(paths: readonly string[], dialect: Dialect): string {
  const from = csvSql(paths, dialect, dialect.header);
  if (dialect.skipRows === 0) return from;
  const each = paths.map(
    path => `(SELECT * FROM ${csvSql([path], dialect, dialect.header)} OFFSET ${dialect.skipRows})`,
  );
  return `(${each.map(one => `SELECT * FROM ${one}`).join(' UNION ALL ')})`;
}

async function parquetParts(connection: DuckDBConnection, paths: readonly string[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const path of paths) {
    const from = parquetSql([path]);
    const names = await parquetColumns(connection, path);
    const offers = await describe(connection, from);
    const columns = offers.map(({ name, type }, j) => partColumn(names[j] ?? name, j, name, type));
    addPart(parts, { paths: [path], from, dialect: null, columns });
  }
  return parts.map(part => ({ ...part, from: parquetSql(part.paths) }));
}

/** Adds to the previous files if the layout is the same. */
function addPart(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  const layout = ({ columns, dialect }: Part) => JSON.stringify([columns, { ...dialect, firstLine: '' }]);
  const isAlike = last && layout(last) === layout(part);
  if (isAlike) last.paths.push(...part.paths);
  else parts.push(part);
}

async function settleJson(
  connection: DuckDBConnection,
  name: string,
  paths: string[],
  firstRow: number,
): Promise<TableSource> {
  const from = jsonSql(paths);
  const columns = await findJsonColumns(connection, from, name, firstRow);
  return { name, format: 'json', scans: [{ paths, from, sqlNames: [], dialect: null }], columns };
}

/** Refuses duplicate names, which would be ambiguous. @throws usage */
function checkTwice({ paths: [path], columns, dialect }: Part): void {
  const names = columns.map(({ name }) => name);
  const places = new Map<string, number>();
  for (const [j, name] of names.entries()) {
    const before = places.get(keyOf(name));
    places.set(keyOf(name), j);
    if (before === undefined) continue;
    const hint = names.every(looksLikeNumber)
      ? `If the first line holds no names, add ${option('header', false)}.`
      : `Rename one in the file, or add ${options({ header: false, skipRows: [1] })} to call the columns column0, column1, ….`;
    throw usageError(
      `${path}: two columns have the name "${name}", columns ${before + 1} and ${j + 1}.`,
      dialect ? hint : 'Rename one in the file.',
    );
  }
}

/** Names that differ only in the encoding of accents look the same and count as one. */
function keyOf(name: string): string {
  return name.normalize('NFC');
}

export function looksLikeNumber(name: string): boolean {
  return name.trim() !== '' && Number.isFinite(Number(name));
}

/** Columns of all parts in the order of the first part, followed by those that only occur in later ones. */
function join(parts: readonly Part[]): Pick<TableSource, 'scans' | 'columns'> {
  const names: string[] = [];
  for (const { columns } of parts) {
    for (const { name } of columns) {
      if (!names.some(known => keyOf(known) === keyOf(name))) names.push(name);
    }
  }
  const find = (part: Part, name: string) => part.columns.find(column => keyOf(column.name) === keyOf(name));
  const columns = names.map(name => joinColumn(name, parts, part => find(part, name)));
  const scans = parts.map(part => ({
    paths: part.paths,
    from: part.from,
    dialect: part.dialect,
    sqlNames: names.map(name => find(part, name)?.sqlName ?? null),
  }));
  return { scans, columns };
}

function joinColumn(
  name: string,
  parts: readonly Part[],
  find: (part: Part) => PartColumn | undefined,
): SourceColumn {
  const lacking = parts.find(part => find(part) === undefined);
  const there = parts.flatMap(part => find(part) ?? []);
  const types = [...new Set(there.map(column => column.type))];
  const type = commonType(types);
  const isMixed = type === 'VARCHAR' && types.length > 1;
  return {
    name,
    type,
    kind: kindOfType(type),
    absentFrom: lacking?.paths[0] ?? null,
    unnamed: there.every(({ unnamed }) => unnamed),
    ...(isPartlyWhole(types) && type === 'DOUBLE' && { isPartlyWhole: true }),
    mixed: isMixed ? `${types.join(' and ')} in different files` : null,
  };
}
