/**
 * SQL as text: names, strings and lists quoted, and the table function that reads each format.
 */
import type { CsvLayout } from './csv.js';
import type { TableFormat } from './format.js';

/** A name as SQL has it, whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path that stands for itself, though it holds *, ? or [. */
function escapePattern(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

export interface Scan {
  paths: string[];
  format: TableFormat;
  header: boolean;
  /** Of CSV and TSV. */
  layout: CsvLayout | null;
  /** Types that are not to be guessed, by DuckDB's names: of some columns; of JSON of all that are read, or none. */
  types: Readonly<Record<string, string>>;
  /** Types are guessed from all rows, not from the first 20,480. */
  thorough: boolean;
}

/** The FROM of a SELECT that reads the files. */
export function scanSql(scan: Scan): string {
  const options = [`[${scan.paths.map(path => quoteText(escapePattern(path))).join(', ')}]`];
  options.push('hive_partitioning = false');
  if (scan.format !== 'parquet' && scan.thorough) options.push('sample_size = -1');
  if (scan.format === 'parquet') return `read_parquet(${options.join(', ')})`;
  const isJson = scan.format === 'json';
  if (!isJson) options.push(...csvOptions(scan));
  const types = Object.entries(scan.types).map(([name, type]) => `${quoteText(name)}: ${quoteText(type)}`);
  if (types.length > 0) options.push(`${isJson ? 'columns' : 'types'} = {${types.join(', ')}}`);
  return `${isJson ? 'read_json' : 'read_csv'}(${options.join(', ')})`;
}

/** A reading of CSV that guesses nothing, so that it fails at the very line that has another number of cells. */
export function strictScanSql(scan: Scan, cells: number): string {
  const paths = scan.paths.map(path => quoteText(escapePattern(path)));
  const columns = Array.from({ length: cells }, (_, j) => `c${j}: 'VARCHAR'`);
  const options = [`[${paths.join(', ')}]`, 'auto_detect = false', `columns = {${columns.join(', ')}}`];
  return `read_csv(${[...options, ...csvOptions(scan)].join(', ')})`;
}

function csvOptions({ header, layout }: Scan): string[] {
  return [
    `header = ${header}`,
    `delim = ${quoteText(layout?.delimiter ?? ',')}`,
    `quote = '"'`,
    `escape = '"'`,
    `comment = ''`,
    'skip = 0',
  ];
}
