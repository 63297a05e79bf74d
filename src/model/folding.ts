/**
 * Divides a batch that is walked by shard among ranks and workers, and sums its gradient by the tree (tree.ts). A worker walks
 * its shards in order, a group at once if they are small. It sums an aligned block of shards in one slab, and folds two
 * slabs as soon as they are the halves of a larger block, so it needs about log₂ as many slabs as shards. The update adds
 * up the slabs that remain over all workers, in the order of the same tree. With several ranks, each first adds up its own,
 * and receives the subtrees of the others. Pure functions.
 */
import { partOf, type Range } from './shards.js';
import { shardsOfRanks, type Team } from './team.js';
import { alignedBlocks, foldsAfter, nodesWithin, splitOf } from './tree.js';

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

/** What one rank does with a batch. */
export interface Folding {
  /** Those of each of its workers, in order. */
  microBatches: readonly (readonly MicroBatch[])[];
  /** Number of slabs that it needs for its workers and for the sums of other ranks. */
  slabs: number;
  /** Shards of each rank. */
  ranks: readonly Range[];
  /** Additions after its last shard that leave its subtrees in single slabs; none without other ranks. */
  joins: readonly SlabAddition[];
  /** Slabs with the subtrees of each rank: where its own are, and where those of the others are received. */
  nodes: readonly (readonly number[])[];
  /** Additions that remain; they leave the sum of all shards in slab 0. */
  additions: readonly SlabAddition[];
}

export const NO_FOLDING: Folding = {
  ...{ microBatches: [], slabs: 1, ranks: [], joins: [], nodes: [], additions: [] },
};

/** Number of shards that are walked at once: a power of two that depends only on the numbers of rows. */
export function groupOf({ batch, shards, microBatch }: Omit<BatchCut, 'wholeGroups'>): number {
  const shardRows = Math.ceil(batch / shards);
  let group = 1;
  while (group < shards && 2 * group * shardRows <= microBatch) group *= 2;
  return group;
}

/** @param own how many workers of this rank take part; all by default. What the ranks send each other does not depend on it. */
export function foldingOf(cut: BatchCut, { rank, workers }: Team, own = workers[rank]!): Folding {
  const group = groupOf(cut);
  const unit = cut.wholeGroups ? group : 1;
  const ranks =
    workers.length === 1 ? [{ begin: 0, end: cut.shards }] : shardsOfRanks(cut.shards, unit, workers);
  // Slab 0 gets the sum of all shards, so it holds the first of them, whoever sums it.
  const first = rank === ranks.findIndex(({ begin, end }) => begin < end) ? 0 : 1;
  const walks = walksOf(cut, { group, unit, range: ranks[rank]!, workers: own, first });
  const { microBatches, roots, slabs } = walks;
  if (workers.length === 1) {
    const { additions } = additionsOf(roots, [{ begin: 0, end: cut.shards }]);
    return { microBatches, slabs: Math.max(1, slabs), ranks, joins: [], nodes: [], additions };
  }
  const nodes = ranks.map(range => nodesWithin(range, cut.shards));
  const joined = additionsOf(roots, nodes[rank]!);
  let next = first + slabs;
  const placed = nodes.map((ofRank, r): Root[] => {
    if (r === rank) return joined.roots;
    return ofRank.map(node => ({ ...node, slab: node.begin === 0 ? 0 : next++ }));
  });
  return {
    ...{ microBatches, slabs: Math.max(1, next), ranks, joins: joined.additions },
    nodes: placed.map(ofRank => ofRank.map(({ slab }) => slab)),
    additions: additionsOf(placed.flat(), [{ begin: 0, end: cut.shards }]).additions,
  };
}

/** The shards of a subtree, and the slab with their sum. */
interface Root extends Range {
  slab: number;
}

interface RankWalk {
  group: number;
  unit: number;
  /** Shards of the rank. */
  range: Range;
  workers: number;
  /** Its first slab. */
  first: number;
}

/** The walks of all workers of a rank. */
function walksOf(cut: BatchCut, { group, unit, range, workers, first }: RankWalk) {
  const microBatches: MicroBatch[][] = [];
  const roots: Root[] = [];
  let slabs = 0;
  const units = Math.ceil((range.end - range.begin) / unit);
  for (let worker = 0; worker < workers; worker++) {
    const { begin, end } = partOf(units, workers, worker);
    const mine = { begin: range.begin + begin * unit, end: Math.min(range.begin + end * unit, range.end) };
    const walk = walkOf(cut, mine, group, first + slabs);
    microBatches.push(walk.microBatches);
    roots.push(...walk.roots);
    slabs += walk.slabs;
  }
  return { microBatches, roots, slabs };
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

/** Additions of adjacent roots, in the order of the tree, that leave the sum of each node in one slab. */
function additionsOf(roots: readonly Root[], nodes: readonly Range[]) {
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
  return {
    additions,
    roots: nodes.filter(({ begin, end }) => begin < end).map(node => ({ ...node, slab: fold(node) })),
  };
}
