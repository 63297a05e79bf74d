/**
 * Sums over the shards of some rows by the tree (src/model/tree.ts): each shard's sum is a vector, put into the place of
 * the result or a buffer and folded as soon as the other half is there, so that log₂ of the shards need a buffer. The
 * shards are an aligned block, a power of two. Runs in a pool thread.
 */
import type { RuleKernels } from '../src/kernels/rules/list.js';
import type { Registers } from '../src/model/operations.js';

/** Where the sums lie. */
interface FoldPlace {
  /** Of the result, a byte offset. */
  to: number;
  /** The first buffer, and bytes from one to the next. */
  at: number;
  bytes: number;
  /** Float32 elements. */
  length: number;
  /** Whether a leaf can be added to the one before it as it is computed. */
  pairs: boolean;
}

/** Puts a shard's sum to `to`, or adds it; its rows are counted from the first of all rows. */
type Leaf = (to: number, row: number, rows: number, accumulate: boolean) => void;

export function foldLeaves(
  { batch, shards, shard, leaves, row: first }: Registers,
  { to, at, bytes, length, pairs }: FoldPlace,
  { add }: Pick<RuleKernels, 'add'>,
  leaf: Leaf,
): void {
  const placeOf = (depth: number) => (depth === 0 ? to : at + (depth - 1) * bytes);
  let depth = 0;
  let begin = first;
  for (let i = 0; i < leaves; i++) {
    const end = Math.floor((batch * (shard + i + 1)) / shards);
    const isAdded = pairs && (i & 1) === 1;
    leaf(placeOf(isAdded ? depth - 1 : depth), begin - first, end - begin, isAdded);
    if (!isAdded) depth++;
    for (let size = isAdded ? 2 : 1; (i & size) !== 0; size *= 2) {
      depth--;
      add(placeOf(depth - 1), placeOf(depth), length);
    }
    begin = end;
  }
}
