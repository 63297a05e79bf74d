/**
 * Divides a batch that is walked by shard among the workers, and sums its gradient by the tree (tree.ts). A worker walks
 * its shards in order, a group at once if they are small. It sums an aligned block of shards in one slab, and folds two
 * slabs as soon as they are the halves of a larger block, so it needs about log₂ as many slabs as shards. The update adds
 * up the slabs that remain over all workers, in the order of the same tree. Pure functions.
 */
import { partOf, type Range } from './shards.js';
import { alignedBlocks, foldsAfter, splitOf } from './tree.js';

/** What the cut of a batch depends on. */
export interface BatchCut {
  /** Rows. */
  batch: number;
  shards: number;
  /** Most rows that a worker processes at once. */
  microBatch: number;
  /** Whether a group is never cut between workers, because a row's products depend on the number of rows. */
  wholeGroups: boolean;
}

/** Rows that a worker processes at once: some whole shards, or part of one. */
export interface MicroBatch {
  /** Its first shard, and the number of shards. */
  shard: number;
  leaves: number;
  /** Its first row in the batch, and the number of rows. */
  row: number;
  rows: number;
  /** Whether they are not the first rows of their shard. */
  accumulate: boolean;
  /** Number of the slab that their gradient is summed in. */
  slab: number;
  /** Number of folds after them, each of the last slab into the one before. */
  folds: number;
}

/** Slab `to` ← slab `to` + slab `from`. */
export interface SlabAddition {
  to: number;
  from: number;
}

export interface Folding {
  /** Those of each worker, in order. */
  microBatches: readonly (readonly MicroBatch[])[];
  /** Number of slabs that all workers need together. */
  slabs: number;
  /** Additions that remain after the last shard; they leave the sum of all shards in slab 0. */
  additions: readonly SlabAddition[];
}

export const NO_FOLDING: Folding = { microBatches: [], slabs: 1, additions: [] };

/** Number of shards that are walked at once: a power of two that depends only on the numbers of rows. */
export function groupOf({ batch, shards, microBatch }: Omit<BatchCut, 'wholeGroups'>): number {
  const shardRows = Math.ceil(batch / shards);
  let group = 1;
  while (group < shards && 2 * group * shardRows <= microBatch) group *= 2;
  return group;
}

export function foldingOf(cut: BatchCut, workers: number): Folding {
  const group = groupOf(cut);
  const unit = cut.wholeGroups ? group : 1;
  const microBatches: MicroBatch[][] = [];
  const roots: Root[] = [];
  let slabs = 0;
  for (let worker = 0; worker < workers; worker++) {
    const units = partOf(Math.ceil(cut.shards / unit), workers, worker);
    const mine = { begin: units.begin * unit, end: Math.min(units.end * unit, cut.shards) };
    const walk = walkOf(cut, mine, group, slabs);
    microBatches.push(walk.microBatches);
    roots.push(...walk.roots);
    slabs += walk.slabs;
  }
  return { microBatches, slabs: Math.max(1, slabs), additions: additionsOf(roots, cut.shards) };
}

/** The shards of a subtree, and the slab with their sum. */
interface Root extends Range {
  slab: number;
}

/** One worker's walk through its shards. @param first number of its first slab */
function walkOf(cut: BatchCut, mine: Range, group: number, first: number) {
  const microBatches: MicroBatch[] = [];
  const roots: Root[] = [];
  let slabs = 0;
  for (const block of alignedBlocks(mine, group)) {
    const slab = first + roots.length;
    const folds = foldsAfter(block, mine.begin);
    microBatches.push(...microBatchesOf(cut, block, slab, folds));
    roots.push({ ...block, slab });
    slabs = Math.max(slabs, roots.length);
    for (let i = 0; i < folds; i++) roots.at(-2)!.end = roots.pop()!.end;
  }
  return { microBatches, roots, slabs };
}

function microBatchesOf(
  { batch, shards, microBatch }: BatchCut,
  block: Range,
  slab: number,
  folds: number,
): MicroBatch[] {
  const begin = partOf(batch, shards, block.begin).begin;
  const { end } = partOf(batch, shards, block.end - 1);
  const of = { shard: block.begin, leaves: block.end - block.begin, slab };
  const list: MicroBatch[] = [];
  for (let row = begin; row < end; row += microBatch) {
    const rows = Math.min(microBatch, end - row);
    list.push({ ...of, row, rows, accumulate: row > begin, folds: row + rows === end ? folds : 0 });
  }
  return list;
}

/** Additions of the roots of all workers, in the order of the tree. */
function additionsOf(roots: readonly Root[], shards: number): SlabAddition[] {
  const additions: SlabAddition[] = [];
  let next = 0;
  const fold = (node: Range): number => {
    const root = roots[next]!;
    if (root.end === node.end) {
      next++;
      return root.slab;
    }
    const middle = splitOf(node);
    const to = fold({ begin: node.begin, end: middle });
    const from = fold({ begin: middle, end: node.end });
    additions.push({ to, from });
    return to;
  };
  if (shards > 0) fold({ begin: 0, end: shards });
  return additions;
}
