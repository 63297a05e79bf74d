/** Description of a table: its files, their layout and its columns. Plain data. */
import type { Dialect } from './dialect.js';
import type { TableFormat } from './format.js';
import type { ColumnKind } from './type.js';

/** A column of the files. */
export interface SourceColumn {
  name: string;
  kind: ColumnKind;
  /**
   * DuckDB's type; for several files, one that can hold the values of all; TEXT if the file contains only
   * texts.
   */
  type: string;
  /** A file that lacks the column; null if all have it. */
  absentFrom: string | null;
  /** Whether the file has no name for it; it is then named by its position, such as column0. */
  unnamed: boolean;
  /** Whether some files contain integers and others floats. */
  isPartlyWhole?: boolean;
  /** Whether a query cast it to text; then it stays text even if all cells are numbers. */
  isCast?: boolean;
  /** Cells of another kind that it also contains, for messages; null if there are none. */
  mixed: string | null;
}

/** Files with the same layout, and how their columns are queried. */
export interface Scan {
  paths: string[];
  /** The FROM clause. */
  from: string;
  /** DuckDB's name of each column of the source; null if the files lack it. */
  sqlNames: (string | null)[];
  dialect: Dialect | null;
}

export interface TableSource {
  /** A path or pattern, for messages. */
  name: string;
  format: TableFormat;
  scans: Scan[];
  columns: SourceColumn[];
}
