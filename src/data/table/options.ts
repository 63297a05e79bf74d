/** Options for reading a table and learning from it, used by the command line and the library. */

import type { NamedOption } from '../../option-names.js';
import type { Task } from '../dataset.js';
import type { Format } from '../spool/format.js';
import type { Missing } from './cell.js';
import type { Dates } from './date.js';
import type { TransformName } from './fit-transform.js';

/** Layout of files and notation of values; null or empty options are detected automatically. */
export interface FileOptions {
  /** Format of the files, whatever their names; null to use their names or first bytes. */
  format: Format | null;
  /** Whether the first line of CSV and TSV files contains names. */
  header: boolean;
  /** Delimiter between cells; `whitespace` means any number of spaces and tabs. */
  delimiter: string | null;
  /** Quotation mark around cells; empty if nothing quotes. */
  quote: string | null;
  /** Start of a comment; none by default. */
  comment: string | null;
  /** Lines to skip above the header, and rows below it. */
  skipRows: readonly number[] | null;
  /** Decimal separator; a point by default. */
  decimal: '.' | ',' | null;
  /** Texts that stand for missing values in addition to the usual ones. */
  naValues: readonly string[] | null;
  /** Columns whose numbers may be written in unusual ways. */
  numeric: readonly string[] | null;
  /** A SELECT statement over the table `data`, which contains the files' rows. */
  query: string | null;
}

export const FILE_DEFAULTS: FileOptions = {
  format: null,
  header: true,
  delimiter: null,
  quote: null,
  comment: null,
  skipRows: null,
  decimal: null,
  naValues: null,
  numeric: null,
  query: null,
};

/**
 * standard: mean 0 and deviation 1. robust: median 0, and the middle half has a range of 1; then values are limited
 * smoothly to ±3, and features of categories are scaled likewise. none: numbers as they are.
 */
export type Scaling = 'standard' | 'robust' | 'none';

/** Options of how a table is encoded that a preset can have. */
export type PresetEncoding = Pick<TableOptions, 'scale' | 'numberBins' | 'clipPredictions'>;

/** Which columns are used, and how. */
export interface TableOptions extends FileOptions {
  /** Columns to predict; null for the one named target, label, class or y. */
  target: string[] | null;
  /** Columns to learn from; null for all others. */
  features: string[] | null;
  /** Columns to leave out. */
  ignore: string[] | null;
  /** Whether the targets are the inputs; false by default. */
  targetIsInput?: boolean;
  /** Values of other options for a table with a target and at least so many used rows; none by default. */
  presetValues?: { leastRows: number } & Partial<PresetEncoding>;
  /** Column of row weights, which is then not a feature; by default all weights are 1. */
  weightColumn?: string | null;
  /** Whether the rows go to a cache, so that they need not fit into memory; false by default. */
  isForCache?: boolean;
  task: 'auto' | Task;
  /** Columns that are categories although they look like numbers. */
  categorical: string[] | null;
  dates: Dates;
  /** Number of buckets for texts that are too many for a category; null to refuse such a column. */
  hashBuckets: number | null;
  /** How numbers are scaled, and categories if robust. */
  scale: Scaling;
  /** Into how many bins numbers are cut, each a feature beside the number; 0 for none. */
  numberBins: number;
  standardizeTargets: boolean;
  /** What becomes of a target of numbers before it is standardised; predictions are transformed back. */
  targetTransform: TransformName;
  /** Whether predicted numbers are limited to the range of the target in the training rows. */
  clipPredictions: boolean;
  missing: Missing;
  /** What to do with a row whose target is missing. */
  missingTarget: 'error' | 'drop';
  /** Whether to add a feature that marks missing numbers. */
  missingIndicator: boolean;
}

/** Options for reading rows for a trained network. */
export interface TableWithOptions extends FileOptions {
  task: Task;
  dropIncomplete: boolean;
  /** The option that drops incomplete rows, as hints name it; dropIncomplete by default. */
  dropping?: NamedOption;
  missingTarget: 'error' | 'drop';
  /**
   * What to do with a text that did not occur in training: report an error, or treat it as none of the
   * category's values.
   */
  unseen: 'error' | 'ignore';
  requireTargets: boolean;
  /** Column of row weights; none by default. */
  weightColumn?: string | null;
  /** Columns to copy to the dataset unchanged; none by default. */
  keep?: readonly string[];
  /** Whether the rows are used part by part, and need not fit into memory; false by default. */
  isForBlocks?: boolean;
}
