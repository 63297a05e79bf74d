/**
 * A table as its writer describes it: a line of manifest.ndjson, or what a test makes up. Says what was written, not
 * what lockstep makes of it.
 */
export interface WrittenColumn {
  name: string;
  isTarget: boolean;
  /** Whether another column has the same name. */
  isDuplicate: boolean;
  family: string;
  /** The text of each cell, as it was written; null where there is none. */
  cells: (string | null)[];
  /** How each cell is stored, a letter a row: t(ext), n(umber), b(oolean), d(ate), m(issing). Text files have texts. */
  kinds: string;
  /** Of numbers that are not written plainly: what each cell may be read as. */
  numbers: (number[] | null)[] | null;
}

export interface WrittenTable {
  number: number;
  /** A path, or a pattern of files. */
  source: string;
  format: 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet';
  twists: string[];
  /** Whether nothing about it is unusual, so that it has to be read. */
  plain: boolean;
  options: { target: string[]; missing: 'error' | 'mean' | 'zero' | 'drop'; task: 'auto'; header: boolean };
  rows: number;
  columns: WrittenColumn[];
}
