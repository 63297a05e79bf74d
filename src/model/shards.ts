/** How work is cut: a batch into shards, shards over workers, parameters into slices. Pure functions. */

/** A half-open range. */
export interface Range {
  begin: number;
  end: number;
}

/** Part i of `count` items cut into `parts` of sizes that differ by one at most, in order. */
export function partOf(count: number, parts: number, i: number): Range {
  return { begin: Math.floor((count * i) / parts), end: Math.floor((count * (i + 1)) / parts) };
}

/** How many shards a batch of so many rows is cut into: never more than it has rows, so none is empty. */
export function shardsOf(rows: number, shards: number): number {
  return Math.min(rows, shards);
}

/** Slice i of a slab cut over `parts`: in bytes, on 64-byte boundaries, so that no two share a cache line. */
export function sliceOf(slabBytes: number, parts: number, i: number): Range {
  const { begin, end } = partOf(slabBytes / 64, parts, i);
  return { begin: begin * 64, end: end * 64 };
}
