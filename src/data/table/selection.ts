/** The rows of a table that are used: all, or some by their numbers from 0. */
import { type Cells, forEachBlock } from './store.js';

export interface Selection {
  readonly count: number;
  /** In ascending order; null for all rows. */
  readonly rows: Uint32Array | null;
}

export function allRows(count: number): Selection {
  return { count, rows: null };
}

export function someRows(rows: Uint32Array): Selection {
  return { count: rows.length, rows };
}

/** Number of the i-th used row. */
export function rowAt({ rows }: Selection, i: number): number {
  return rows === null ? i : rows[i]!;
}

/** The used rows at the given positions among them. */
export function selectFrom(selection: Selection, places: Uint32Array): Selection {
  return someRows(selection.rows === null ? places : places.map(i => selection.rows![i]!));
}

/** Number of rows read at once to obtain the used ones, and the place for their cells. */
const SPAN = 1 << 14;
const CELLS = new ArrayBuffer(SPAN * Float64Array.BYTES_PER_ELEMENT);

/** Reads the cells of the used rows from ≤ i < to into the beginning of `into`. */
export function readSelected<T extends Float64Array | Int32Array>(
  cells: Cells<T>,
  { rows }: Selection,
  { from, to }: { from: number; to: number },
  into: T,
): void {
  if (rows === null) {
    cells.read(into, from, to);
    return;
  }
  const Kind = into.constructor as new (buffer: ArrayBuffer) => T;
  const span = new Kind(CELLS);
  for (let i = from; i < to; ) {
    const first = rows[i]!;
    let end = i + 1;
    while (end < to && rows[end]! < first + SPAN) end++;
    const last = rows[end - 1]! + 1;
    cells.read(span, first, last);
    for (; i < end; i++) into[i - from] = span[rows[i]! - first]!;
  }
}

/** Calls `visit` with the cells of consecutive used rows, and the position of the first of them. */
export function forEachSelected<T extends Float64Array | Int32Array>(
  cells: Cells<T>,
  Kind: { new (length: number): T },
  selection: Selection,
  visit: (values: T, begin: number) => void,
): void {
  const view: Cells<T> = {
    length: selection.count,
    read: (into, from, to) => readSelected(cells, selection, { from, to }, into),
  };
  forEachBlock(view, Kind, visit);
}
