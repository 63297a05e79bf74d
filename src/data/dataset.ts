/**
 * What training is given: rows that are made when they are asked for, their targets, and how both came from the columns
 * of a file. Stays on the coordinator's side: threads see what was written into the arena.
 */
import type { Rows } from './rows.js';

/** Multilabel: several targets, each of two classes by itself. */
export type Task = 'regression' | 'binary' | 'multiclass' | 'multilabel';

/** A number that is made of a date or time: seconds since 1970, or a part of it in UTC. */
export interface DateOrigin {
  /** The column of the file. */
  column: string;
  part: 'epoch' | 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second';
}

/**
 * How one column of a table becomes features. A number is standardised: (value − mean) / deviation, `fill` in place of a
 * missing cell unless null, 0 if it was constant in training; with an indicator a second feature is 1 where the cell is missing. A category is
 * one-hot; hashed, the text's hash names one of so many buckets.
 */
export type ColumnEncoding =
  | {
      name: string;
      kind: 'number';
      mean: number;
      deviation: number;
      fill: number | null;
      boolean?: true;
      constant?: true;
      indicator?: true;
      from?: DateOrigin;
    }
  | { name: string; kind: 'category'; values: string[] }
  | { name: string; kind: 'hashed'; buckets: number };

/** How the file learnt from was read, as far as files to come are to be read alike. */
export interface ReadingRecord {
  header: boolean;
  decimal: '.' | ',';
  naValues: string[];
  /** Columns whose numbers may be written in other ways than plainly. */
  numeric: string[];
  query: string | null;
  /** Columns of a file without a header, which are known by their places alone. */
  columns?: number;
}

/**
 * All that is needed to turn another file into the same features: kept in the model file as JSON.
 * feature = (value − mean) / deviation for a number, fill in place of a missing cell where not null.
 */
export interface Encoding {
  /** `table`: named columns. `pixels`: rows of bytes, each divided by 255 as it is gathered. */
  kind: 'table' | 'pixels';
  columns: ColumnEncoding[];
  /** Names of the target columns; for pixels `label`. */
  targets: string[];
  /** Class names in the order of the network's outputs; empty for regression, multilabel. For binary, two: 0 then 1. */
  classes: string[];
  /** For multilabel, the class names of each target: 0 then 1. */
  labelClasses?: [string, string][];
  /** Standardisation of each regression target: y = (value − mean) / deviation. Identity unless asked for. */
  targetScales: { mean: number; deviation: number }[];
  /** The targets are the inputs: an autoencoder. */
  targetIsInput?: boolean;
  /** Of a table. */
  reading?: ReadingRecord;
}

/** A column of the source that nothing is learnt from: it goes on beside what is predicted. */
export interface KeptColumn {
  name: string;
  /** One a row, as the source spells it; null where the cell is empty. */
  values: readonly (string | null)[];
  /** Whether the cells are bare texts, or JSON. */
  spelling: 'text' | 'json';
  /** What the cells may be, the likeliest first: DuckDB's types. The last takes any. */
  types: readonly string[];
}

/** Rows of features, and their targets. */
export interface Dataset {
  /** Where it came from, for messages: a path or `synthetic:…`. */
  readonly source: string;
  readonly task: Task;
  readonly rows: number;
  /** Width of x: the network's m(0). */
  readonly features: number;
  /** Width of y for regression and multilabel, the number of classes for multiclass, 1 for binary. */
  readonly outputs: number;
  /** (rows, features). */
  readonly x: Rows;
  /** What x is multiplied by as it is gathered: 1/255 for pixels, 1 for floats. */
  readonly scale: number;
  /**
   * Multiclass: Int32Array (rows) of class numbers. Binary: Float32Array (rows)
   * of 0 and 1, multilabel (rows, outputs) of them. Regression: Float32Array (rows, outputs).
   * Empty if there are no targets, or they are the inputs.
   */
  readonly y: Float32Array | Int32Array;
  /** What each row weighs: Float32Array (rows), from 0. Left out: 1 each. */
  readonly weights?: Float32Array;
  /** Where rows may be elsewhere or left out: of each its number in the source, from 1. Left out: they are all there. */
  readonly rowNumbers?: Uint32Array;
  /** The columns that were to be kept, of the same rows. */
  readonly kept?: readonly KeptColumn[];
  /** Of a regression: the targets in their own units as the file has them, (rows, outputs). */
  readonly truth?: Float64Array;
  /** Why it is that task, if nobody asked for it. */
  readonly taskReason?: string;
  /** A line each for what was left out, taken for missing, rounded or constant. */
  readonly notes?: readonly string[];
  readonly encoding: Encoding;
}

/** The number that a row has in the source, from 1. */
export function rowNumber({ rowNumbers }: Dataset, row: number): number {
  return rowNumbers?.[row] ?? row + 1;
}
