/**
 * Tables from files whose columns have types: NPY, Arrow, LIBSVM. They are read in batches, with cells in
 * DuckDB's representation so that no value changes.
 */

/** DuckDB types of cells, and their bytes per cell. VARCHAR cells are strings. */
export const CELL_BYTES = {
  BOOLEAN: 1,
  TINYINT: 1,
  UTINYINT: 1,
  SMALLINT: 2,
  USMALLINT: 2,
  INTEGER: 4,
  UINTEGER: 4,
  BIGINT: 8,
  UBIGINT: 8,
  FLOAT: 4,
  DOUBLE: 8,
  DATE: 4,
  TIMESTAMP_S: 8,
  TIMESTAMP_MS: 8,
  TIMESTAMP: 8,
  TIMESTAMP_NS: 8,
  DECIMAL: 16,
  VARCHAR: 16,
} as const;

export type CellType = keyof typeof CELL_BYTES;

export interface TypedColumn {
  name: string;
  type: CellType;
  /** Digits after the decimal point of a DECIMAL, which has 38 digits in total. */
  scale?: number;
}

/** Cells of one column in a batch. */
export type TypedCells =
  | {
      kind: 'fixed';
      /** `count` cells from `begin`, in this machine's byte order. */
      bytes(begin: number, count: number): ArrayBufferView;
      /** Whether a cell is empty; null if none is. */
      isEmpty: ((row: number) => boolean) | null;
    }
  | { kind: 'text'; at(row: number): string | null };

export interface TypedBatch {
  rows: number;
  /** One element for each column. */
  cells: TypedCells[];
}

export interface TypedTable {
  columns: TypedColumn[];
  batches: Iterable<TypedBatch>;
  /** Notes for the user, one sentence each. */
  notes: string[];
}
