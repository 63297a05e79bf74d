/** Builds SQL text: quoted names, strings and lists, and the table functions that read each format. */
import type { Dialect } from './dialect.js';

/** Quotes a name, whatever it contains. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Two names that SQL takes for the same, because it ignores case; null if there are none. */
export function findTwins(names: readonly string[]): [string, string] | null {
  const known = new Map<string, string>();
  for (const name of names) {
    const before = known.get(name.toLowerCase());
    if (before !== undefined) return [before, name];
    known.set(name.toLowerCase(), name);
  }
  return null;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Escapes *, ? and [ in paths, so that they are not patterns. */
function listPaths(paths: readonly string[]): string {
  return `[${paths.map(path => quoteText(path.replace(/[*?[]/g, '[$&]'))).join(', ')}]`;
}

/** Name for column j of a CSV file in DuckDB, instead of its guessed names and types. */
export function csvName(j: number): string {
  return `c${j}`;
}

/**
 * Bytes that each of DuckDB's threads reads at once: the default of 32 MB takes 50 MB more memory and is no
 * faster.
 */
const BUFFER_BYTES = 4 * 2 ** 20;

/**
 * Reads CSV files. Fails at the exact line with another number of cells, or with a cell that should be a
 * number but is not.
 *
 * @param header whether to skip the first line
 * @param numbers DuckDB's names of columns to read as numbers; all others are read as texts
 */
export function csvSql(
  paths: readonly string[],
  dialect: Dialect,
  header: boolean,
  numbers: ReadonlySet<string> = new Set(),
): string {
  const { delimiter, quote, comment, skipLines, cells, lineEnd } = dialect;
  const typeOf = (name: string) => (numbers.has(name) ? 'DOUBLE' : 'VARCHAR');
  const columns = Array.from({ length: cells }, (_, j) => `${csvName(j)}: '${typeOf(csvName(j))}'`);
  const options = [
    listPaths(paths),
    'auto_detect = false',
    `header = ${header}`,
    `columns = {${columns.join(', ')}}`,
    `delim = ${quoteText(delimiter)}`,
    `quote = ${quoteText(quote)}`,
    `escape = ${quoteText(quote)}`,
    `comment = ${quoteText(comment)}`,
    `skip = ${skipLines}`,
    'hive_partitioning = false',
    `buffer_size = ${BUFFER_BYTES}`,
    ...(lineEnd ? [`new_line = '${lineEnd}'`] : []),
  ];
  return `read_csv(${options.join(', ')})`;
}

export function parquetSql(paths: readonly string[]): string {
  return `read_parquet(${listPaths(paths)}, hive_partitioning = false)`;
}

/** Top-level and nested columns of Parquet files. */
export function parquetSchemaSql(paths: readonly string[]): string {
  return `parquet_schema(${listPaths(paths)})`;
}

/** Objects of JSON files as texts, in the column `json`. */
export function jsonSql(paths: readonly string[]): string {
  return `read_json_objects(${listPaths(paths)}, hive_partitioning = false)`;
}
