/**
 * Tables whose file says what type each column has: NPY, Arrow, libsvm. They are read batch by batch; the cells have the
 * form that DuckDB has them in, so that nothing is changed on the way.
 */

/** DuckDB's types that cells may have, and the bytes of a cell. VARCHAR has texts. */
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
  /** Digits after the point of a DECIMAL, which has 38 in all. */
  scale?: number;
}

/** The cells of a batch of one column. */
export type TypedCells =
  | {
      kind: 'fixed';
      /** `count` cells from `begin`, in the order of the bytes of this machine. */
      bytes(begin: number, count: number): ArrayBufferView;
      /** Whether a cell has no value; null if every one has. */
      isEmpty: ((row: number) => boolean) | null;
    }
  | { kind: 'text'; at(row: number): string | null };

export interface TypedBatch {
  rows: number;
  /** One for each column. */
  cells: TypedCells[];
}

export interface TypedTable {
  columns: TypedColumn[];
  batches: Iterable<TypedBatch>;
  /** What a reader of the data should know, one sentence each. */
  notes: string[];
}
