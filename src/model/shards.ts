/** Divides work: a batch into shards, shards among workers, parameters into slices. Pure functions. */

/** A half-open range. */
export interface Range {
  begin: number;
  end: number;
}

/** Part i of `count` items that are cut, in order, into `parts` whose sizes differ by at most one. */
export function partOf(count: number, parts: number, i: number): Range {
  return { begin: Math.floor((count * i) / parts), end: Math.floor((count * (i + 1)) / parts) };
}

/** Number of shards of a batch: at most its number of rows, so that none is empty. */
export function shardsOf(rows: number, shards: number): number {
  return Math.min(rows, shards);
}

/** Slice i of a slab cut into `parts`: in bytes, on 64-byte boundaries, so that no two share a cache line. */
export function sliceOf(slabBytes: number, parts: number, i: number): Range {
  const { begin, end } = partOf(slabBytes / 64, parts, i);
  return { begin: begin * 64, end: end * 64 };
}
