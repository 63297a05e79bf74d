/** A table in several formats, written without lockstep's own reader. */
import { join } from 'node:path';
import { withDuckDB } from '../../../src/data/table/duckdb.js';
import type { Folder } from '../files.js';

type Cells = readonly (readonly string[])[];

/** Formats in which each cell is a text, or spelled like one. */
export const FORMATS = ['csv', 'tsv', 'csv.gz', 'json', 'ndjson', 'parquet'] as const;

export type Format = (typeof FORMATS)[number];

/** Writes a header and rows of texts. */
export async function writeAs(
  folder: Folder,
  name: string,
  format: Format,
  [head, ...rows]: Cells,
): Promise<string> {
  if (format === 'parquet') return writeParquet(folder, `${name}.parquet`, rowsSql(head!, rows));
  return folder.write(`${name}.${format}`, spell(format, head!, rows));
}

function spell(format: Format, head: readonly string[], rows: Cells): string {
  const delimiter = format === 'tsv' ? '\t' : ',';
  if (format.endsWith('json')) {
    const records = rows.map(row =>
      JSON.stringify(Object.fromEntries(head.map((name, j) => [name, row[j]]))),
    );
    return format === 'json' ? `[${records.join(',')}]` : records.join('\n');
  }
  const quote = (cell: string) => (/[",\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [head, ...rows].map(cells => `${cells.map(quote).join(delimiter)}\n`).join('');
}

function rowsSql(head: readonly string[], rows: Cells): string {
  const text = (cell: string) => `'${cell.replaceAll("'", "''")}'`;
  const values = rows.map(row => `(${row.map(text).join(', ')})`).join(', ');
  return `SELECT * FROM (VALUES ${values}) t(${head.map(name => `"${name}"`).join(', ')})`;
}

/** Writes the result of a query. */
export async function writeParquet(folder: Folder, name: string, select: string): Promise<string> {
  const path = join(folder.path, name);
  folder.write(name, '');
  await withDuckDB(connection => connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`));
  return path;
}

/** The values, repeated `times` times, in a column next to a column of numbers. */
export function beside(values: readonly string[], times: number, [x, y] = ['x', 'y']): string[][] {
  const rows = Array.from({ length: values.length * times }, (_, i) => [
    `${i}.5`,
    values[i % values.length]!,
  ]);
  return [[x!, y!], ...rows];
}
