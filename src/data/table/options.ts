/** How a table is read and what it is learnt for, as the command line and the library ask for it. */
import type { WriteOptions } from '../../wording.js';
import type { Task } from '../dataset.js';
import type { Format } from '../spool/format.js';
import type { Missing } from './cell.js';
import type { Dates } from './date.js';

/** How files are laid out and written; all that is null or empty is found out. */
export interface FileOptions {
  /** What files hold, whatever their names say; null: as their names say, or their first bytes. */
  format: Format | null;
  /** Whether the first line of CSV and TSV holds names. */
  header: boolean;
  /** Between cells; `whitespace` stands for any number of blanks and tabs. */
  delimiter: string | null;
  /** Around cells; the empty text if nothing quotes. */
  quote: string | null;
  /** What begins a comment; none unless given. */
  comment: string | null;
  /** Lines to skip above the header, and rows below it. */
  skipRows: readonly number[] | null;
  /** The decimal sign; a point unless given. */
  decimal: '.' | ',' | null;
  /** Texts that stand for a missing value besides the usual ones. */
  naValues: readonly string[] | null;
  /** Columns whose numbers may be written in other ways than plainly. */
  numeric: readonly string[] | null;
  /** A SELECT over the table `data`, which holds what the files do. */
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

/** Which columns are learnt from, and as what. */
export interface TableOptions extends FileOptions {
  /** Columns to predict; null: the one named target, label, class or y. */
  target: string[] | null;
  /** Columns to learn from; null: all others. */
  features: string[] | null;
  /** Columns to leave out. */
  ignore: string[] | null;
  /** Whether the targets are the inputs; no unless given. */
  targetIsInput?: boolean;
  /** Column of what each row weighs, no feature then; every row weighs 1 unless given. */
  weightColumn?: string | null;
  task: 'auto' | Task;
  /** Columns that are categories, though they look like numbers. */
  categorical: string[] | null;
  dates: Dates;
  /** Into how many buckets texts are hashed that are too many for a category; null: such a column is refused. */
  hashBuckets: number | null;
  standardize: boolean;
  standardizeTargets: boolean;
  missing: Missing;
  /** What becomes of a row whose target is missing. */
  missingTarget: 'error' | 'drop';
  /** Whether a feature says where a number was missing. */
  missingIndicator: boolean;
  /** How notes on the data name options; as properties unless given. */
  write?: WriteOptions;
}

/** How rows for a network that has learnt are read. */
export interface TableWithOptions extends FileOptions {
  task: Task;
  dropIncomplete: boolean;
  missingTarget: 'error' | 'drop';
  /** What becomes of a text that a category has never had in training: an error, or none of its values. */
  unseen: 'error' | 'ignore';
  requireTargets: boolean;
  /** Of what each row weighs; none unless given. */
  weightColumn?: string | null;
  /** Columns that go into the dataset as they are; none unless given. */
  keep?: readonly string[];
}
