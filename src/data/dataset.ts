/**
 * Training data: rows that are produced on request, their targets, and how both were derived from the columns
 * of a file. Used on the coordinator only; workers see what was written into the arena.
 */
import { type Rows, rowBytes } from './rows.js';
import type { TargetTransform } from './table/target-transform.js';

/** multilabel: several binary targets. */
export type Task = 'regression' | 'binary' | 'multiclass' | 'multilabel';

/** A number derived from a date or time: seconds since 1970, or a component of it in UTC. */
export interface DateOrigin {
  /** Column of the file. */
  column: string;
  part: 'epoch' | 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second';
}

/**
 * How a column of a table becomes features. A number is standardised: (value − mean) / deviation, with `fill`
 * for a missing cell unless it is null, and 0 if the column was constant in training. With `clip` c, x / √(1 + (x/c)²) follows
 * (src/data/table/robust.ts). With `edges`, a feature for each bin between two of them follows (src/data/table/bins.ts). With an
 * indicator, the last feature is 1 if the cell is missing.
 *
 * A category is one-hot; if it is hashed, the text's hash selects one of the buckets. With `levels`, feature i is on[i]
 * for its value and off[i] for all others, not 1 and 0. With `single`, the category is one feature: values[i] for its
 * value i, `other` for a cell that has none of them.
 */
export type ColumnEncoding =
  | {
      name: string;
      kind: 'number';
      mean: number;
      deviation: number;
      clip?: number;
      edges?: number[];
      fill: number | null;
      boolean?: true;
      constant?: true;
      indicator?: true;
      from?: DateOrigin;
    }
  | {
      name: string;
      kind: 'category';
      values: string[];
      levels?: CategoryLevels;
      single?: { values: number[]; other: number };
    }
  | { name: string; kind: 'hashed'; buckets: number; levels?: CategoryLevels };

/** Values of the one-hot features of a category. */
export interface CategoryLevels {
  on: number[];
  off: number[];
}

/** How the training file was read, as far as it determines how later files must be read. */
export interface ReadingRecord {
  header: boolean;
  decimal: '.' | ',';
  naValues: string[];
  /** Columns whose numbers may be written in unusual ways. */
  numeric: string[];
  query: string | null;
  /** Number of columns in a file without a header, whose columns are identified by position. */
  columns?: number;
}

/**
 * Everything needed to derive the same features from another file. It is stored in the model file as JSON.
 */
export interface Encoding {
  /** `table`: named columns. `pixels`: images, whose bytes are divided by 255 when they are gathered. */
  kind: 'table' | 'pixels';
  columns: ColumnEncoding[];
  /** Dimensions of an image, for pixels; absent in models of rows that are no images. */
  shape?: number[];
  /** Whether pixels are numbers that are taken as they are, instead of bytes that are divided by 255. */
  rawPixels?: true;
  /** Names of the target columns; `label` for pixels. */
  targets: string[];
  /**
   * Class names in the order of the network's outputs; empty for regression and multilabel. Binary: class 0,
   * then class 1.
   */
  classes: string[];
  /** For multilabel, the class names of each target: class 0, then class 1. */
  labelClasses?: [string, string][];
  /** Standardisation of each regression target: y = (value − mean) / deviation. Identity by default. */
  targetScales: { mean: number; deviation: number }[];
  /**
   * If regression targets are transformed before they are standardised: how each is. targetScales are then of what it becomes.
   */
  targetTransforms?: TargetTransform[];
  /** If predictions of regression targets are limited: the least and the greatest value in the training rows. */
  targetRanges?: { least: number; greatest: number }[];
  /** Whether the targets are the inputs (autoencoder). */
  targetIsInput?: boolean;
  /** Present for tables. */
  reading?: ReadingRecord;
}

/** A column that is not learnt from but copied to the predictions. */
export interface KeptColumn {
  name: string;
  /** One value per row, as written in the source; null if the cell is empty. */
  values: readonly (string | null)[];
  /** Whether the cells are plain text or JSON. */
  spelling: 'text' | 'json';
  /** Possible DuckDB types of the cells, most specific first. The last one accepts any text. */
  types: readonly string[];
}

/** Rows that every rank of a training has read. */
export interface RanksRows {
  /** Number of the reading. Ranks keep what they have read last. */
  reading: number;
  /** Number of the tables among those that were read: of the fold, or 0. */
  part: number;
}

/** Rows of features with their targets. */
export interface Dataset {
  /** Origin for messages: a path or `synthetic:…`. */
  readonly source: string;
  readonly task: Task;
  readonly rows: number;
  /** Width of x: the network's m(0). */
  readonly features: number;
  /** Width of y for regression and multilabel, number of classes for multiclass, 1 for binary. */
  readonly outputs: number;
  /** (rows, features) */
  readonly x: Rows;
  /** Factor applied to x when it is gathered: 1/255 for pixels, 1 for floats. */
  readonly scale: number;
  /**
   * Multiclass: Int32Array (rows) of class numbers. Binary: Float32Array (rows) of 0 and 1; multilabel:
   * (rows, outputs) of them. Regression: Float32Array (rows, outputs). Empty if there are no targets, or if
   * they are the inputs.
   */
  readonly y: Float32Array | Int32Array;
  /**
   * For regression, (rows, outputs): targets in their original units, exactly as in the source, for computing
   * figures. Absent if nothing more exact is known than y, or than x if the targets are the inputs.
   */
  readonly truth?: Float64Array;
  /** Weight of each row, at least 0: Float32Array (rows). If absent, all weights are 1. */
  readonly weights?: Float32Array;
  /** Weights exactly as in the source, for computing figures. If absent, `weights` is exact. */
  readonly exactWeights?: Float64Array;
  /**
   * Number of each row in the source, from 1, if rows may be reordered or left out. If absent, all rows are
   * present in order.
   */
  readonly rowNumbers?: Uint32Array;
  /** If the rows are a block of the source: the number of rows before it. */
  readonly firstRow?: number;
  /**
   * If the rows are not in the order of the source but already shuffled: the seed of the order that they are in
   * (src/keyed-order.ts), which then begins with their first row.
   */
  readonly storedBy?: number;
  /** If every rank of a training has read these rows itself; otherwise only this process has them. */
  readonly onRanks?: RanksRows;
  /** Columns to be copied to the predictions, for the same rows. */
  readonly kept?: readonly KeptColumn[];
  /** Why this task was chosen, if the user did not specify it. */
  readonly taskReason?: string;
  /** Notes about what was left out, read as missing, rounded or constant, one line each. */
  readonly notes?: readonly string[];
  readonly encoding: Encoding;
}

/** The rows from ≤ i < to, which are in the order of the source: a view without a copy. */
export function sliceRows(data: Dataset, from: number, to: number): Dataset {
  const { x, y, truth, weights, exactWeights, rows, firstRow = 0 } = data;
  const part = <T extends Float32Array | Float64Array | Int32Array>(all: T): T => {
    const width = all.length / rows;
    return all.subarray(from * width, to * width) as T;
  };
  return {
    ...data,
    rows: to - from,
    x: {
      ...{ count: to - from, width: x.width, type: x.type, spans: x.spans },
      write: (into, begin, end) => x.write(into, from + begin, from + end),
    },
    y: part(y),
    ...(truth && { truth: part(truth) }),
    ...(weights && { weights: part(weights) }),
    ...(exactWeights && { exactWeights: part(exactWeights) }),
    ...(data.rowNumbers && { rowNumbers: data.rowNumbers.subarray(from, to) }),
    firstRow: firstRow + from,
  };
}

/** Number of a row in the source, from 1. */
export function rowNumber({ rowNumbers, firstRow = 0 }: Dataset, row: number): number {
  return rowNumbers?.[row] ?? firstRow + row + 1;
}

/** Bytes of an encoded row: features, targets and weight. */
export function encodedBytes({ x, y, rows, weights }: Dataset): number {
  return rowBytes(x) + (y.byteLength + (weights?.byteLength ?? 0)) / rows;
}
