/**
 * The order of all sums over shards and chunks: a binary tree over [0, count) that splits at the largest power of two
 * below the count. So any aligned block [i 2ᵏ, (i + 1) 2ᵏ) is a subtree, whichever party sums it. Pure.
 *
 *              Σ [0, 6)
 *             ╱        ╲
 *        [0, 4)         [4, 6)
 *        ╱    ╲         ╱    ╲
 *    [0, 2)  [2, 4)    4      5
 *    ╱    ╲  ╱    ╲
 *   0      1 2      3
 */
import type { Range } from './shards.js';

/** Index at which a node with more than one leaf splits. */
export function splitOf({ begin, end }: Range): number {
  let size = 1;
  while (2 * size < end - begin) size *= 2;
  return begin + size;
}

/** Σ valueAt(i) over [0, count) by the tree; 0 if the range is empty. */
export function sumByTree(count: number, valueAt: (i: number) => number): number {
  const sum = (begin: number, end: number): number => {
    if (end - begin === 1) return valueAt(begin);
    const middle = splitOf({ begin, end });
    return sum(begin, middle) + sum(middle, end);
  };
  return count === 0 ? 0 : sum(0, count);
}

/** The largest nodes of the tree over [0, count) that lie within a range, in order. */
export function nodesWithin(range: Range, count: number): Range[] {
  const nodesOf = (node: Range): Range[] => {
    if (node.begin >= range.end || node.end <= range.begin) return [];
    if (node.begin >= range.begin && node.end <= range.end) return [node];
    const middle = splitOf(node);
    return [...nodesOf({ begin: node.begin, end: middle }), ...nodesOf({ begin: middle, end: node.end })];
  };
  return count === 0 ? [] : nodesOf({ begin: 0, end: count });
}

/** Cuts a range into its largest aligned blocks, each of at most `most` leaves, a power of two. */
export function alignedBlocks({ begin, end }: Range, most: number = Number.POSITIVE_INFINITY): Range[] {
  const blocks: Range[] = [];
  for (let at = begin; at < end; at = blocks.at(-1)!.end) {
    let size = 1;
    while (2 * size <= most && at % (2 * size) === 0 && at + 2 * size <= end) size *= 2;
    blocks.push({ begin: at, end: at + size });
  }
  return blocks;
}

/**
 * Number of folds after an aligned block is summed. Each fold adds the last sum to the one before if they are the halves
 * of a larger aligned block, like a carry in a binary counter.
 * @param first the first of the leaves that are summed in order
 */
export function foldsAfter({ begin, end }: Range, first: number): number {
  let folds = 0;
  for (let at = begin, size = end - begin; (at / size) % 2 === 1 && at - size >= first; size *= 2) {
    at -= size;
    folds++;
  }
  return folds;
}
