/** What a table is, once it is settled: its files, their layout, its columns. Plain data. */
import type { Dialect } from './dialect.js';
import type { TableFormat } from './format.js';
import type { ColumnKind } from './type.js';

/** A column of the files. */
export interface SourceColumn {
  name: string;
  kind: ColumnKind;
  /** DuckDB's type, of several files one that holds the values of all; TEXT if the file has texts alone. */
  type: string;
  /** A file that lacks the column; null if all have it. */
  absentFrom: string | null;
  /** Whether the file has no name for it: column0, by its place. */
  unnamed: boolean;
  /** Whether some files have whole numbers and others have floats. */
  isPartlyWhole?: boolean;
  /** Whether a query has made texts of it, which it stays even if all are numbers. */
  isCast?: boolean;
  /** What stands in its cells beside the kind it is of, for messages; null if nothing does. */
  mixed: string | null;
}

/** Files that are alike, and how their columns are asked for. */
export interface Scan {
  paths: string[];
  /** What follows FROM. */
  from: string;
  /** DuckDB's name of each column of the source; null if the files lack it. */
  sqlNames: (string | null)[];
  dialect: Dialect | null;
}

export interface TableSource {
  /** For messages: a path or a pattern. */
  name: string;
  format: TableFormat;
  scans: Scan[];
  columns: SourceColumn[];
}
