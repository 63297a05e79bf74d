/**
 * SQL as text: names, strings and lists quoted, and the table function that reads each format.
 */
import type { Dialect } from './dialect.js';

/** A name as SQL has it, whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Paths that stand for themselves, though they hold *, ? or [. */
function listPaths(paths: readonly string[]): string {
  return `[${paths.map(path => quoteText(path.replace(/[*?[]/g, '[$&]'))).join(', ')}]`;
}

/** What DuckDB calls column j of a CSV file here: its own names and types are guesses. */
export function csvName(j: number): string {
  return `c${j}`;
}

/** Read at once, by each of DuckDB's threads: with its own 32 MB a job takes 50 MB more, and no less time. */
const BUFFER_BYTES = 4 * 2 ** 20;

/**
 * Reads CSV files; fails at the very line that has another number of cells, or a cell that is no number though it is to be one.
 *
 * @param header whether the first line is left out
 * @param numbers DuckDB's names of the columns that come as numbers; all others come as texts
 */
export function csvSql(
  paths: readonly string[],
  dialect: Dialect,
  header: boolean,
  numbers: ReadonlySet<string> = new Set(),
): string {
  const { delimiter, quote, comment, skipLines, cells } = dialect;
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
  ];
  return `read_csv(${options.join(', ')})`;
}

export function parquetSql(paths: readonly string[]): string {
  return `read_parquet(${listPaths(paths)}, hive_partitioning = false)`;
}

/** The top-level and nested columns of Parquet files, one after the other. */
export function parquetSchemaSql(paths: readonly string[]): string {
  return `parquet_schema(${listPaths(paths)})`;
}

/** Each object of JSON files as the text that it is, in the column `json`. */
export function jsonSql(paths: readonly string[]): string {
  return `read_json_objects(${listPaths(paths)}, hive_partitioning = false)`;
}
