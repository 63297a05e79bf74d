/** Cells of a column as they lie in DuckDB's memory. */

/** Cells of a piece of a column in DuckDB's memory. They must be copied before the next piece is fetched. */
export interface Piece {
  count: number;
  /** Eight bytes per number, sixteen per text. */
  data: Uint8Array;
  /** One bit per cell, lowest first, 0 if it is empty; null if no cell is. */
  filled: Uint8Array | null;
}

/** The cells begin ≤ i < end of a piece. */
export function cutPiece({ data, filled }: Piece, begin: number, end: number, bytes: number): Piece {
  const count = end - begin;
  const part = { count, data: data.subarray(begin * bytes, end * bytes) };
  if (filled === null) return { ...part, filled };
  const moved = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) {
    const at = begin + i;
    if ((filled[at >> 3]! >> (at & 7)) & 1) moved[i >> 3]! |= 1 << (i & 7);
  }
  return { ...part, filled: moved };
}

/** Whether cell i is empty. */
export function isEmpty({ filled }: Piece, i: number): boolean {
  return filled !== null && ((filled[i >> 3]! >> (i & 7)) & 1) === 0;
}
