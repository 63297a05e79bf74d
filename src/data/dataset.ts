/**
 * What training is given: rows that are made when they are asked for, their targets, and how both came from the columns
 * of a file. Stays on the coordinator's side: threads see what was written into the arena.
 */
import type { Rows } from './rows.js';

/** Multilabel: several targets, each of two classes by itself. */
export type Task = 'regression' | 'binary' | 'multiclass' | 'multilabel';

/** How one column of a table becomes features: a number (standardised), or a text category (one-hot). */
export type ColumnEncoding =
  | { name: string; kind: 'number'; mean: number; deviation: number; fill: number | null }
  | { name: string; kind: 'category'; values: string[] };

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
  readonly encoding: Encoding;
  /** What was decided about the source, one sentence each. Left out: nothing. */
  readonly notes?: readonly string[];
}

/** The number that a row has in the source, from 1. */
export function rowNumber({ rowNumbers }: Dataset, row: number): number {
  return rowNumbers?.[row] ?? row + 1;
}
