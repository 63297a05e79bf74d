/**
 * Description of a table by its writer: a line of manifest.ndjson, or made up by a test. Describes what was
 * written, not how lockstep reads it.
 */
export interface WrittenColumn {
  name: string;
  isTarget: boolean;
  /** Whether another column has the same name. */
  isDuplicate: boolean;
  family: string;
  /** Text of each cell as written; null if there is none. */
  cells: (string | null)[];
  /**
   * How each cell is stored, one letter per row: t(ext), n(umber), b(oolean), d(ate), m(issing). Text files
   * only have texts.
   */
  kinds: string;
  /** For numbers in unusual formats, the values that each cell may be read as. */
  numbers: (number[] | null)[] | null;
}

export interface WrittenTable {
  number: number;
  /** A path, or a pattern of files. */
  source: string;
  format: 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet';
  twists: string[];
  /** Whether nothing about it is unusual, so that it must be readable. */
  plain: boolean;
  options: { target: string[]; missing: 'error' | 'mean' | 'zero' | 'drop'; task: 'auto'; header: boolean };
  rows: number;
  columns: WrittenColumn[];
}
