/** Examines every column of a table before training, including unusable ones. */
import type { Opened } from '../spool/open.js';
import { findColumn } from './choose.js';
import type { Column, NumberColumn } from './column.js';
import { delimiterName } from './dialect.js';
import { asAsked, type ColumnRules, clearMeaning, readingOf } from './interpret.js';
import { isMissingText, numberOf, type Writing } from './number-text.js';
import type { TableOptions } from './options.js';
import { readTable } from './read.js';
import { writingOf } from './read-chosen.js';
import type { SourceColumn, TableSource } from './source.js';
import { forEachBlock, readAll } from './store.js';

/** Summary of one column. */
export interface ColumnSurvey {
  name: string;
  /** Ignored columns are not read. */
  kind: 'number' | 'boolean' | 'category' | 'date' | 'unusable' | 'ignored';
  /** Why the column can't be used as it is, and a hint; null if it can. */
  problem: string | null;
  hint: string | null;
  missing: number;
  /** For numbers. */
  least: number | null;
  median: number | null;
  greatest: number | null;
  /** Numbers farther from the quartiles than three times the interquartile range. */
  outliers: number | null;
  /**
   * For other columns: the number of distinct texts, and the most frequent ones with their numbers of rows.
   */
  distinct: number | null;
  frequent: { text: string; rows: number }[];
}

export interface TableSurvey {
  rows: number;
  /** `CSV, delimiter ;, decimal ,` */
  readAs: string;
  columns: ColumnSurvey[];
}

/** @throws failed, usage if the file can't be read at all */
export async function surveyTable(opened: Opened, options: TableOptions): Promise<TableSurvey> {
  let found: TableSource | null = null;
  let ignored = new Set<string | null>();
  const hashed = options.hashBuckets !== null;
  const table = await readTable(opened, {
    ...options,
    writing: writingOf(options),
    exact: () => false,
    choose: source => {
      found = source;
      ignored = new Set(options.ignore?.map(name => findColumn(name, source.columns)));
      const usable = source.columns.filter(column => problemOf(column) === null && !ignored.has(column.name));
      const wishes = usable.map(column => {
        const isCategory = options.categorical?.includes(column.name) ?? false;
        const isLoose = options.numeric?.includes(column.name) ?? false;
        return { name: column.name, exact: isCategory, asText: isCategory || isLoose, hashed };
      });
      return { wishes, keep: [] };
    },
  });
  const source = found as unknown as TableSource;
  const rules: ColumnRules = {
    missing: options.missing,
    dates: options.dates,
    hashBuckets: options.hashBuckets,
    numeric: options.numeric ?? [],
    categorical: options.categorical ?? [],
  };
  const columns = source.columns.map(column => {
    if (ignored.has(column.name)) return { ...NOTHING, name: column.name, kind: 'ignored' } as const;
    const read = table.columns.find(one => one.name === column.name);
    return read ? surveyColumn(asAsked(read, rules), rules) : unusable(column);
  });
  return { rows: table.rows, readAs: describeReading(source, options, opened.arrays), columns };
}

/** Why a column can't even be read; null if it can. */
function problemOf({ kind, type, absentFrom }: SourceColumn): string | null {
  if (absentFrom !== null) return `not in ${absentFrom}`;
  return kind === 'other' ? `holds ${type.slice(0, 40)}` : null;
}

function unusable(column: SourceColumn): ColumnSurvey {
  return { ...NOTHING, name: column.name, kind: 'unusable', problem: problemOf(column) };
}

const NOTHING: Omit<ColumnSurvey, 'name' | 'kind'> = {
  problem: null,
  hint: null,
  missing: 0,
  distinct: null,
  frequent: [],
  least: null,
  median: null,
  greatest: null,
  outliers: null,
};

function surveyColumn(column: Column, rules: ColumnRules): ColumnSurvey {
  const meaning = clearMeaning(column, rules);
  const { name } = column;
  const unclear = meaning.kind === 'unclear' ? { problem: meaning.problem, hint: meaning.hint } : {};
  const kind = {
    number: 'number',
    boolean: 'boolean',
    category: 'category',
    time: 'date',
    unclear: 'unusable',
  } as const;
  const base = {
    ...NOTHING,
    ...unclear,
    name,
    kind: kind[meaning.kind],
    missing: missingOf(column),
  };
  if (meaning.kind === 'number') return { ...base, ...figuresOf(numbersOf(column, rules)) };
  if (column.kind === 'number') return base;
  const order = column.texts
    .map((text, i) => ({ text, rows: column.counts[i]! }))
    .sort((a, b) => b.rows - a.rows);
  return { ...base, distinct: order.length, frequent: order.slice(0, 5) };
}

function missingOf(column: Column): number {
  const { writing } = column;
  if (column.kind === 'number') {
    return column.values.length - countNumbers(column) - countWrong(column, writing);
  }
  return column.texts.reduce(
    (sum, text, i) => sum + (isMissingText(text, writing) ? column.counts[i]! : 0),
    column.empty.count,
  );
}

/** Number of cells that are numbers; NaN in a typed file is not. */
function countNumbers({ values }: NumberColumn): number {
  let count = 0;
  forEachBlock(values, Float64Array, block => {
    for (const value of block) count += Number(!Number.isNaN(value));
  });
  return count;
}

/** Number of texts among numbers that don't stand for missing values. */
function countWrong({ odd }: NumberColumn, writing: Writing): number {
  return odd.texts.reduce((sum, text, i) => sum + (isMissingText(text, writing) ? 0 : odd.counts[i]!), 0);
}

/** All numbers of a column in ascending order. */
function numbersOf(column: Column, rules: ColumnRules): Float64Array {
  if (column.kind === 'number') {
    const all = readAll(column.values, Float64Array);
    let count = 0;
    for (const value of all) if (!Number.isNaN(value)) all[count++] = value;
    return all.subarray(0, count).sort();
  }
  const reading = readingOf(column, rules);
  const isNone = (text: string) => isMissingText(text, column.writing);
  const values = column.texts.map(text => (isNone(text) ? Number.NaN : numberOf(text, reading)));
  const count = column.counts.reduce((sum, rows, i) => sum + (Number.isNaN(values[i]!) ? 0 : rows), 0);
  const numbers = new Float64Array(count);
  let at = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    numbers.fill(value, at, at + column.counts[i]!);
    at += column.counts[i]!;
  });
  return numbers.sort();
}

function figuresOf(numbers: Float64Array) {
  const count = numbers.length;
  if (count === 0) return {};
  const quantile = (p: number) => {
    const at = p * (count - 1);
    const low = Math.floor(at);
    const [a, b] = [numbers[low]!, numbers[Math.min(count - 1, low + 1)]!];
    return a + (b - a) * (at - low);
  };
  const [low, high] = [quantile(0.25), quantile(0.75)];
  const reach = 3 * (high - low);
  const outliers =
    reach > 0
      ? numbers.reduce((sum, value) => sum + Number(value < low - reach || value > high + reach), 0)
      : 0;
  return { least: numbers[0]!, median: quantile(0.5), greatest: numbers[count - 1]!, outliers };
}

const FORMATS = { csv: 'CSV', tsv: 'TSV', json: 'JSON', parquet: 'Parquet' } as const;

/** How the files were read, as detected or specified. */
function describeReading(
  { format, scans }: TableSource,
  options: TableOptions,
  arrays: string | null,
): string {
  if (options.query !== null) return 'what the query makes of it';
  if (arrays !== null) return arrays;
  const files = scans.reduce((sum, { paths }) => sum + paths.length, 0);
  const dialect = scans[0]?.dialect ?? null;
  return [
    FORMATS[format],
    ...(files > 1 ? [`${files} files`] : []),
    ...(dialect ? [`delimiter ${dialect.isBlank ? 'blanks' : delimiterName(dialect.delimiter)}`] : []),
    ...(dialect && dialect.quote !== '"' ? [`quote ${dialect.quote || 'none'}`] : []),
    ...(dialect && dialect.comment !== '' ? [`comment ${dialect.comment}`] : []),
    ...(dialect && dialect.skipLines > 0 ? [`${dialect.skipLines} lines skipped above`] : []),
    ...(dialect && !dialect.header ? ['no header'] : []),
    ...(options.decimal === ',' ? ['decimal comma'] : []),
  ].join(', ');
}
