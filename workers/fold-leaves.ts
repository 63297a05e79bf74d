/**
 * Sums over the shards of some rows by the tree (src/model/tree.ts): each shard's sum is a vector, put into the place of
 * the result or a buffer and folded as soon as the other half is there, so that log₂ of the shards need a buffer. The
 * shards are an aligned block, a power of two. Runs in a pool thread.
 */
import type { RuleKernels } from '../src/kernels/rules/list.js';
import type { Registers } from '../src/model/operations.js';

/** Where the sums lie. */
interface FoldPlace {
  /** The first buffer, and bytes from one to the next. */
  at: number;
  bytes: number;
  /** Float32 elements. */
  length: number;
  /** Whether a leaf can be added to the one before it as it is computed. */
  pairs: boolean;
}

/** Puts a shard's sum to `to`, or adds it. Its rows are those of the scratch from `at` on. */
type Leaf = (to: number, at: number, rows: number, accumulate: boolean) => void;

/** Sums over the shards of the registers, to `to`. Bound once: an object or a closure for each run takes microseconds. */
export function bindFoldLeaves(
  { at, bytes, length, pairs }: FoldPlace,
  { add }: Pick<RuleKernels, 'add'>,
  leaf: Leaf,
): (registers: Registers, to: number) => void {
  return (registers, to) => {
    const { batch, shards, shard, leaves } = registers;
    // Of the stack of sums: how many there are. The first lies at `to`, the others in the buffers.
    let depth = 0;
    let row = registers.at;
    for (let i = 0; i < leaves; i++) {
      const rows = partBegin(batch, shards, shard + i + 1) - partBegin(batch, shards, shard + i);
      const isAdded = pairs && (i & 1) === 1;
      if (!isAdded) depth++;
      leaf(depth === 1 ? to : at + (depth - 2) * bytes, row, rows, isAdded);
      for (let size = isAdded ? 2 : 1; (i & size) !== 0; size *= 2) {
        depth--;
        add(depth === 1 ? to : at + (depth - 2) * bytes, at + (depth - 1) * bytes, length);
      }
      row += rows;
    }
  };
}

/** The first row of a shard. */
function partBegin(batch: number, shards: number, shard: number): number {
  return Math.floor((batch * shard) / shards);
}
