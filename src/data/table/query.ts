/**
 * Runs a query over the files: they become the table `data`, without access to other files or the network,
 * and the result of a single SELECT is read like a file. Columns of text files get a type that preserves the
 * spelling of every cell that could be a class: 007 stays a text, and so do 1.10 and 1.1 in the same column.
 * Numbers in JSON are numbers, so there 1.10 is 1.1.
 */

import { LockstepError, usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { type DuckDBConnection, describe, statementKinds } from './duckdb.js';
import { firstLine, isDuckDBError } from './explain.js';
import type { Writing } from './number-text.js';
import type { Scan, TableSource } from './source.js';
import { findTwins, quoteName, quoteText } from './sql.js';
import { kindOfType } from './type.js';

/** Name of the files' table in a query. */
const QUERY_TABLE = 'data';

interface QueryOptions {
  query: string;
  writing: Writing;
  /** Columns whose texts are needed: classes and categories. */
  exact: (name: string) => boolean;
}

/** Opens the query as a source. @throws failed, usage */
export async function openQuery(
  connection: DuckDBConnection,
  source: TableSource,
  { query, writing, exact }: QueryOptions,
): Promise<TableSource> {
  const select = query.replace(/[;\s]+$/, '');
  if (select === '') throw wrongQuery('it is empty');
  checkCapitals(source);
  await copyFiles(connection, source, { writing, exact });
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  await checkQuery(connection, select);
  // In parentheses, a query can only be a SELECT; anything that would change data fails to parse.
  const from = `(${select}\n)`;
  try {
    const hasCast = /::|\bcast\s*\(/i.test(select);
    const before = await describe(connection, QUERY_TABLE);
    const wereTexts = new Set(before.filter(({ type }) => type === 'VARCHAR').map(({ name }) => name));
    const columns = (await describe(connection, from)).map(({ name, type }) => {
      const isCast = type === 'VARCHAR' && hasCast && !wereTexts.has(name);
      return { name, type, kind: kindOfType(type), absentFrom: null, unnamed: false, mixed: null, isCast };
    });
    const sqlNames = columns.map(({ name }) => name);
    const scans = [{ paths: [], from, sqlNames, dialect: null }];
    return { name: `${source.name} (query)`, format: 'parquet', scans, columns };
  } catch (error) {
    if (!isDuckDBError(error)) throw error;
    // The query parsed on its own before, so in parentheses it is not a single SELECT.
    const isOther = error.message.startsWith('Parser Error');
    throw wrongQuery(isOther ? 'it is not one whole SELECT' : firstLine(error.message));
  }
}

/** SQL ignores case. @throws usage */
function checkCapitals({ name, columns }: TableSource): void {
  const twins = findTwins(columns.map(column => column.name));
  if (twins === null) return;
  throw usageError(
    `${option('query')}: the columns "${twins[0]}" and "${twins[1]}" of ${name} differ only in case, and SQL can't tell them apart.`,
    'Rename one of them in the file.',
  );
}

async function copyFiles(
  connection: DuckDBConnection,
  source: TableSource,
  { writing, exact }: Omit<QueryOptions, 'query'>,
): Promise<void> {
  const { columns, scans, format } = source;
  const lacking = columns.find(column => column.absentFrom !== null);
  const select = (scan: Scan) =>
    columns
      .map(({ name, type }, k) => {
        const sqlName = scan.sqlNames[k];
        const cell = format === 'json' ? jsonCell(name) : sqlName == null ? 'NULL' : quoteName(sqlName);
        const typed = type === 'TEXT' || format === 'json' ? cell : `CAST(${cell} AS ${type})`;
        return `${typed} AS ${quoteName(name)}`;
      })
      .join(', ');
  if (lacking) {
    throw usageError(
      `${source.name}: the column "${lacking.name}" is not in ${lacking.absentFrom}, but in other files.`,
      `Files that a ${option('query')} reads together need the same columns.`,
    );
  }
  const selects = scans.map(scan => `SELECT ${select(scan)} FROM ${scan.from}`);
  await connection.run(`CREATE TABLE cells AS ${selects.join(' UNION ALL ')}`);
  const types =
    format === 'parquet' ? columns.map(() => null) : await textTypes(connection, columns, { writing, exact });
  const named = columns.map(
    ({ name }, k) => `${typedCell(quoteName(name), types[k] ?? null, writing)} AS ${quoteName(name)}`,
  );
  await connection.run(`CREATE TABLE ${QUERY_TABLE} AS SELECT ${named.join(', ')} FROM cells`);
  await connection.run('DROP TABLE cells');
}

/**
 * Text of a key's value, with accents composed or not. The key becomes a JSON pointer, whatever it contains.
 */
function jsonCell(key: string): string {
  const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const forms = [...new Set([pointer.normalize('NFC'), pointer.normalize('NFD')])];
  return `coalesce(${forms.map(form => `json_extract_string(json, ${quoteText(form)})`).join(', ')}, NULL)`;
}

function typedCell(cell: string, type: string | null, { decimal }: Writing): string {
  if (type === null || type === 'VARCHAR') return cell;
  return type === 'DOUBLE' ? numberOf(cell, decimal) : `CAST(${cell} AS ${type})`;
}

function numberOf(cell: string, decimal: Writing['decimal']): string {
  const text = decimal === '.' ? cell : `replace(${cell}, ',', '.')`;
  return `TRY_CAST(${text} AS DOUBLE)`;
}

/** For each text column, a type that preserves the spelling of all its cells. */
async function textTypes(
  connection: DuckDBConnection,
  columns: TableSource['columns'],
  { writing, exact }: Omit<QueryOptions, 'query'>,
): Promise<string[]> {
  const tests = columns.flatMap(({ name }) =>
    testsOf(quoteName(name), writing, exact(name)).map(([, sql]) => sql),
  );
  const result = await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM cells`);
  const found = result.getRows()[0] ?? [];
  const count = tests.length / columns.length;
  return columns.map(({ name }, k) => {
    const types = testsOf(quoteName(name), writing, exact(name)).map(([type]) => type);
    const first = types.find((_, i) => found[k * count + i] === true);
    return first ?? 'VARCHAR';
  });
}

/** Types with a condition that all cells must meet, narrowest first. */
function testsOf(cell: string, { decimal }: Writing, isExact: boolean): [type: string, sql: string][] {
  const all = (condition: string) => `count(${cell}) > 0 AND coalesce(bool_and(${condition}), false)`;
  const asSpelled = (type: string) =>
    all(`CAST(TRY_CAST(${cell} AS ${type}) AS VARCHAR) IS NOT DISTINCT FROM ${cell}`);
  const number = numberOf(cell, decimal);
  const point = decimal === '.' ? '\\.' : ',';
  const plain = `regexp_full_match(${cell}, '\\s*[+-]?(0|[1-9][0-9]*)?(${point}[0-9]*)?([eE][+-]?[0-9]+)?\\s*')`;
  const isNumber = all(
    `${cell} IS NULL OR trim(${cell}) = '' OR (${plain} AND coalesce(isfinite(${number}), false))`,
  );
  // If there are few distinct numbers, they may be classes, which are named by their texts.
  const isApart = `(count(DISTINCT ${number}) > 10000 OR count(DISTINCT ${cell}) = count(DISTINCT ${number}))`;
  return [
    ['BIGINT', asSpelled('BIGINT')],
    ['HUGEINT', asSpelled('HUGEINT')],
    ['DOUBLE', isExact ? `${isNumber} AND ${isApart}` : isNumber],
    ['BOOLEAN', asSpelled('BOOLEAN')],
    ['DATE', asSpelled('DATE')],
    [
      'TIMESTAMP',
      all(`${cell} IS NULL OR (strlen(${cell}) > 10 AND TRY_CAST(${cell} AS TIMESTAMP) IS NOT NULL)`),
    ],
  ];
}

/** Parses and binds the query separately, so that its errors can be attributed to it. Executes nothing. */
async function checkQuery(connection: DuckDBConnection, query: string): Promise<void> {
  try {
    const kinds = await statementKinds(connection, query);
    if (kinds.length !== 1) throw wrongQuery(`it has ${kinds.length} statements, and needs to be one SELECT`);
    if (kinds[0] !== 'SELECT')
      throw wrongQuery(`it is of the kind ${kinds[0]}, and only a SELECT is allowed`);
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    throw wrongQuery(firstLine((error as Error).message.replace('Failed to extract statements: ', '')));
  }
}

export function wrongQuery(problem: string) {
  return usageError(
    `${option('query')} does not work: ${problem}.`,
    `Give one SELECT over the table ${QUERY_TABLE}, such as ${option('query', `SELECT * FROM ${QUERY_TABLE}`)}.`,
  );
}
