/**
 * Sums over the shards of some rows by the tree (src/model/tree.ts). Each shard's sum is a vector. It is written to the place
 * of the result or to a buffer, and folded as soon as the other half exists, so the number of buffers is log₂ of the number
 * of shards. The shards are an aligned block whose size is a power of two. Runs in a pool thread.
 */
import type { RuleKernels } from '../src/kernels/rules/list.js';
import type { Registers } from '../src/model/operations.js';

/** Places of the sums. */
interface FoldPlace {
  /** The first buffer, and the distance between two in bytes. */
  at: number;
  bytes: number;
  /** Float32 elements. */
  length: number;
  /** Whether a leaf can be added to the one before it as it is computed. */
  pairs: boolean;
}

/** Writes or adds a shard's sum to `to`. Its rows are those of the scratch from `at` on. */
type Leaf = (to: number, at: number, rows: number, accumulate: boolean) => void;

/** Sums over the shards of the registers to `to`. Bound once, as an object or a closure for each run takes microseconds. */
export function bindFoldLeaves(
  { at, bytes, length, pairs }: FoldPlace,
  { add }: Pick<RuleKernels, 'add'>,
  leaf: Leaf,
): (registers: Registers, to: number) => void {
  return (registers, to) => {
    const { batch, shards, shard, leaves } = registers;
    // Size of the stack of sums. The first is at `to`, the others are in the buffers.
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
