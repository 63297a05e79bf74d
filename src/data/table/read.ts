/**
 * From the files, or a query over them, to columns. Types are guessed from the first rows; where a later
 * row contradicts them, the files are read once more with types guessed from all rows.
 */
import { failure, LockstepError, usageError } from '../../errors.js';
import { checkGzip } from '../files.js';
import type { Opened } from '../spool/open.js';
import type { Table } from './column.js';
import { findLayout } from './csv.js';
import {
  type DuckDBConnection,
  describe,
  type Keep,
  type Offer,
  readColumns,
  statementKinds,
  withDuckDB,
} from './duckdb.js';
import { explain, firstLine, isConversion, isDuckDBError } from './explain.js';
import { checkFormat } from './format.js';
import { toKeep } from './keep.js';
import { quoteName, type Scan, scanSql, strictScanSql } from './sql.js';

/** A column to read. */
export interface Wish {
  name: string;
  /** Leave it as the file spells it, though it looks like numbers: a category of which only numbers are left. */
  asText: boolean;
}

export interface ReadOptions {
  opened: Opened;
  header: boolean;
  query: string | null;
  /** Settles what to read, once it is known what there is. */
  choose: (offers: Offer[]) => Wish[];
  /** Columns to be kept as they are; none unless given. What is chosen may be among them. */
  keep?: readonly string[];
}

/** The name of the files' table in a query. */
const QUERY_TABLE = 'data';

/** Reads the columns that are chosen. @throws failed, usage */
export async function readTable(source: string, options: ReadOptions): Promise<Table> {
  const table = await withDuckDB(async connection => {
    const scan = await openScan(options.opened, options.header);
    const { query } = options;
    if (query === null) {
      return await guarded(connection, scan, source, scan => readScan(connection, scan, source, options));
    }
    // A query's numbers have the types that all rows have: see typesOf.
    const thorough = { ...scan, thorough: true };
    await guarded(connection, thorough, source, scan => copyScan(connection, scan));
    return await readQuery(connection, query, source, options);
  });
  if (table.rows > 0) return table;
  throw failure(
    `${table.source}: expected rows of data, got none.`,
    'Check how the file was made, or the query; if the only line holds data, add --no-header.',
  );
}

/** How the files are laid out. */
async function openScan({ paths, format }: Opened, header: boolean): Promise<Scan> {
  for (const path of paths) {
    await checkFormat(path, format!);
    if (path.endsWith('.gz')) await checkGzip(path);
  }
  const isText = format === 'csv' || format === 'tsv';
  const layout = isText ? await findLayout(paths[0]!, format === 'tsv') : null;
  return { paths, format: format!, header, layout, types: {}, thorough: false };
}

/** Runs a reading of the files; again with types from all rows if need be; and explains why it failed. */
async function guarded<T>(
  connection: DuckDBConnection,
  scan: Scan,
  source: string,
  read: (scan: Scan) => Promise<T>,
): Promise<T> {
  try {
    return await read(scan);
  } catch (error) {
    if (!isDuckDBError(error)) throw error;
    if (isConversion(error) && !scan.thorough) {
      return await guarded(connection, { ...scan, thorough: true }, source, read);
    }
    throw explain(await findCause(connection, scan, error), source);
  }
}

/**
 * DuckDB's sniffer does not say which line is at fault; a strict reading does. Nor is it said which file lacks a column
 * whose type was given; a reading without types does.
 */
async function findCause(connection: DuckDBConnection, scan: Scan, problem: Error): Promise<Error> {
  const cells = scan.layout?.cells ?? null;
  const isRagged = cells !== null && problem.message.includes('when sniffing file');
  if (!isRagged && !problem.message.includes('COLUMN_TYPES')) return problem;
  const from = isRagged ? strictScanSql(scan, cells) : scanSql(scan);
  try {
    await connection.run(`SELECT count(${isRagged ? '*' : 'COLUMNS(*)'}) FROM ${from}`);
    return problem;
  } catch (found) {
    return found as Error;
  }
}

async function readScan(connection: DuckDBConnection, scan: Scan, source: string, options: ReadOptions) {
  const named = await describeScan(connection, scan);
  const find = (name: string) => named.find(({ offer }) => offer.name === name)!;
  const chosen = options.choose(named.map(({ offer }) => offer)).map(wish => {
    const { offer, sqlName } = find(wish.name);
    const asText = wish.asText && scan.layout !== null;
    return { sqlName, name: offer.name, offer: asText ? { ...offer, kind: 'text' as const } : offer, asText };
  });
  const format = scan.format === 'parquet' ? null : scan.format;
  const keep = (options.keep ?? []).map(name => {
    const { offer, sqlName } = find(name);
    return toKeep(offer, sqlName, format);
  });
  const types = typesOf(scan, chosen, keep);
  const { columns, kept } = await readColumns(connection, {
    from: scanSql({ ...scan, types }),
    offers: chosen.map(({ offer, sqlName }) => ({
      ...offer,
      name: sqlName,
      type: types[sqlName] ?? offer.type,
    })),
    keep,
    source,
    stream: scan.format === 'parquet',
  });
  const renamed = columns.map((column, i) => ({ ...column, name: chosen[i]!.name }));
  return toTable(source, renamed, kept);
}

/**
 * Of a text file, what is read as it is spelled, and numbers, which only the first rows make look like integers: DuckDB
 * rounds a later 0.5 to fit, without a word. JSON's reader is to be told the types of all that it is to read.
 */
function typesOf(
  { format, layout }: Scan,
  chosen: readonly { sqlName: string; offer: Offer; asText: boolean }[],
  keep: readonly Keep[],
): Scan['types'] {
  const spelled = (columns: readonly { sqlName: string }[], type: string) =>
    columns.map(({ sqlName }) => [sqlName, type] as const);
  if (format === 'parquet') return {};
  const numbers = spelled(
    chosen.filter(({ offer }) => offer.kind === 'number'),
    'DOUBLE',
  );
  if (layout !== null) {
    const asText = chosen.filter(column => column.asText);
    return Object.fromEntries([...numbers, ...spelled([...asText, ...keep], 'VARCHAR')]);
  }
  const guessed = chosen.map(({ sqlName, offer }) => [sqlName, offer.type] as const);
  return Object.fromEntries([...guessed, ...numbers, ...spelled(keep, 'JSON')]);
}

/** Without a header, DuckDB pads the numbers of its names with zeros: column07. Here it is column7. */
async function describeScan(connection: DuckDBConnection, scan: Scan) {
  const offers = await describe(connection, scanSql(scan));
  const isNamed = scan.header || scan.layout === null;
  return offers.map((offer, i) => ({
    sqlName: offer.name,
    offer: isNamed ? offer : { ...offer, name: `column${i}` },
  }));
}

/** Copies the files into the table of the query, then shuts the database off from files and network for good. */
async function copyScan(connection: DuckDBConnection, scan: Scan): Promise<void> {
  const columns = (await describeScan(connection, scan)).map(
    ({ sqlName, offer }) => `${quoteName(sqlName)} AS ${quoteName(offer.name)}`,
  );
  await connection.run(`CREATE TABLE ${QUERY_TABLE} AS SELECT ${columns.join(', ')} FROM ${scanSql(scan)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

async function readQuery(
  connection: DuckDBConnection,
  query: string,
  source: string,
  options: ReadOptions,
): Promise<Table> {
  const select = query.replace(/[;\s]+$/, '');
  await checkQuery(connection, select);
  // A query can only be the inside of a SELECT: what would change anything does not parse there.
  const from = `(${select}\n)`;
  try {
    const offers = await describe(connection, from);
    const wishes = options.choose(offers);
    const find = (name: string) => offers.find(offer => offer.name === name)!;
    const chosen = wishes.map(wish => find(wish.name));
    const keep = (options.keep ?? []).map(name => toKeep(find(name), name, null));
    const where = `${source} (query)`;
    const read = { from, offers: chosen, keep, source: where, stream: false };
    const { columns, kept } = await readColumns(connection, read);
    return toTable(where, columns, kept);
  } catch (error) {
    if (!isDuckDBError(error)) throw error;
    // It was parsed by itself before.
    const isOther = error.message.startsWith('Parser Error');
    throw wrongQuery(isOther ? 'a statement that is none' : firstLine(error.message));
  }
}

/** Parsed and bound by itself, a query's mistakes are its own. Nothing of it is run. */
async function checkQuery(connection: DuckDBConnection, query: string): Promise<void> {
  if (query === '') throw wrongQuery('nothing');
  try {
    const kinds = await statementKinds(connection, query);
    if (kinds.length !== 1) throw wrongQuery(`${kinds.length} statements`);
    if (kinds[0] !== 'SELECT') throw wrongQuery(`${kinds[0]}`);
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    throw wrongQuery(firstLine((error as Error).message.replace('Failed to extract statements: ', '')));
  }
}

function wrongQuery(got: string) {
  return usageError(
    `--query: expected one SELECT over the table ${QUERY_TABLE}, got: ${got}.`,
    `Try --query "SELECT * FROM ${QUERY_TABLE} LIMIT 1000".`,
  );
}

function toTable(source: string, columns: Table['columns'], kept: Table['kept']): Table {
  const [first] = columns;
  const rows = first === undefined ? 0 : first.kind === 'text' ? first.codes.length : first.values.length;
  return { source, rows, columns, kept };
}
