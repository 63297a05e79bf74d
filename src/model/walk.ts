/**
 * How a step walks its rows and its parameters. Pure functions of the configuration, never of the machine or the moment,
 * since the walk decides the order of additions, and so the bits.
 *
 * By shard: a worker walks its shards micro-batch by micro-batch and sums their gradients in a few slabs (folding.ts); the
 * slabs are summed in the update. By block: if there are many parameters and few rows, memory traffic of slabs and weights would dominate
 * such a step, so all workers walk the whole batch together, layer by layer. In the forward pass each computes some columns
 * of z(l). In the backward pass each has some rows of W(l): it computes the same columns of δ(l−1) and the gradient of the
 * rows, and updates them while they are in cache. That costs one barrier per layer.
 */
import { chunksOf } from './chunks.js';
import { groupOf } from './folding.js';
import { countParameters, type Layer, layersOf, type Network } from './network.js';
import { entryOf, type Plan } from './plan.js';

// Measured by `lockstep bench` with blas on a core with 1 MiB of second-level cache, at 784,1024,1024,1024,10 and
// batches of 8192: 0.88 of the product's rate with 128 rows at once, 0.90 with 256, 0.97 with 512.
const CACHE_BYTES = 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
/** 128 KiB. Of 32 to 512 KiB the fastest at 784 × 512 in shards of 16 rows, where products are folded by their caller. */
const FOLD_FLOATS = 32 * 1024;
/** A layer is cut into this many parts, or a multiple, so that the workers of a machine can share them evenly. */
const PARTS = 8;
/** Narrower products are slow. */
const LEAST_COLUMNS = 16;
const LEAST_ROWS = 128;
/** Most rows of a micro-batch of a shard. */
export const MOST_ROWS = 512;
const LEAST_GROUPS = 8;
const LEAST_GROUP_ROWS = 32;
/**
 * Walking by block pays if a batch's x, z and delta are smaller than the parameters, and these so many that a few barriers
 * don't matter. Measured by `lockstep bench`, blas, 2 workers, batches of 64, samples/s by shard and by block:
 * 784,128,10 298,000 and 341,000; 784,512,512,10 40,000 and 45,000; 784,1024,1024,1024,10 6,700 and 8,300. With batches of
 * 256 and the last network, by shard is 3 % faster.
 */
const MOST_FLOATS_PER_PARAMETER = 1;
const LEAST_PARAMETERS_BY_BLOCK = 50_000;

/** auto: by block if that is faster for this network and batch. The others are for comparison, and for several ranks. */
export type WalkChoice = 'auto' | 'shard' | 'block';

export interface Walk {
  /** Rows that a worker processes at once: a multiple of 4; part of a shard, or some whole shards. */
  microBatch: number;
  /** Whether layers are walked by block; otherwise rows by shard. */
  byBlock: boolean;
  /** Float32 elements of the largest block, including its bias row; 0 by shard. */
  blockFloats: number;
}

/**
 * The micro-batch has few enough rows for x, z and delta to stay in the second-level cache, but enough that the weights are
 * not read too often; if the weights don't fit into the cache anyway, as many rows as allowed.
 * @param wholeGroups whether shards that are walked together always are the same, whoever walks them (folding.ts). It changes
 *   bits only for products with an order of their own
 */
export function planWalk(
  network: Network,
  batchRows: number,
  shards: number,
  wholeGroups: boolean,
  choice: WalkChoice = 'auto',
): Walk {
  const weightsFit = 4 * countParameters(network) <= CACHE_BYTES;
  const fitting = weightsFit ? Math.floor(CACHE_BYTES / 2 / (4 * floatsOf(network))) : MOST_ROWS;
  const rows = Math.min(Math.max(fitting, LEAST_ROWS), MOST_ROWS);
  const most = wholeGroups ? Math.min(rows, mostGroupRows(batchRows)) : rows;
  const group = groupOf({ batch: batchRows, shards, microBatch: most });
  const groupRows = group * Math.ceil(batchRows / shards);
  // A shard that is too large is cut evenly.
  const microBatch = Math.ceil(groupRows / Math.ceil(groupRows / rows));
  const byBlock = isByBlock(network, batchRows, choice);
  return {
    microBatch: Math.ceil(microBatch / 4) * 4,
    byBlock,
    blockFloats: byBlock ? largestBlock(network) : 0,
  };
}

/**
 * Rows of W̃(l) whose gradients are computed one shard after the other and folded: few enough that those of log₂ shards
 * stay in the second-level cache, enough for a fast product.
 */
export function foldRows({ inputs, outputs }: Pick<Layer, 'inputs' | 'outputs'>): number {
  return Math.min(inputs, Math.max(LEAST_COLUMNS, Math.floor(FOLD_FLOATS / outputs / 16) * 16));
}

/** Float32 elements of the largest such gradient, or of the largest bias row. */
export function foldFloats(network: Network): number {
  return Math.max(...layersOf(network).map(layer => Math.max(foldRows(layer), 1) * layer.outputs));
}

/**
 * Most rows of shards that are walked together: few enough that several workers have some if groups are never cut
 * (folding.ts). A product of 128 rows is 3 to 5 % slower than one of 512, at 1024 × 1024 with blas up to 16 %.
 */
function mostGroupRows(batchRows: number): number {
  return Math.max(batchRows / LEAST_GROUPS, Math.min(LEAST_GROUP_ROWS, batchRows / 2));
}

/** Whether steps of this many rows are walked by block. */
export function isByBlock(network: Network, batchRows: number, choice: WalkChoice = 'auto'): boolean {
  if (choice !== 'auto') return choice === 'block';
  if (network.waves) return false;
  const parameters = countParameters(network);
  return (
    parameters >= LEAST_PARAMETERS_BY_BLOCK &&
    batchRows * floatsOf(network) <= parameters * MOST_FLOATS_PER_PARAMETER
  );
}

/** Elements of x, z and delta of a row. */
function floatsOf({ layers }: Network): number {
  const [features, ...outputs] = layers as [number, ...number[]];
  return features + 2 * outputs.reduce((sum, m) => sum + m, 0);
}

/** Some columns of one W(l) and of z(l), computed at once in the forward pass. */
export interface Columns {
  /** Index of the layer, l − 1. */
  layer: number;
  begin: number;
  end: number;
}

/** Some rows of one W(l), with the bias row if they are the first; computed and updated at once. */
export interface Block {
  /** Index among all blocks. */
  index: number;
  /** Index of the layer, l − 1. */
  layer: number;
  /** Rows of W̃(l), half-open. */
  begin: number;
  end: number;
  /** Their place in a slab, in bytes, half-open. */
  from: number;
  to: number;
}

/** The columns of each hidden layer, cut into parts for the workers; depends only on the network. */
export function columnsOf(network: Network): Columns[][] {
  return layersOf(network)
    .slice(0, -1)
    .map(({ outputs }, layer) => {
      const count = Math.max(1, Math.min(PARTS, Math.floor(outputs / LEAST_COLUMNS)));
      return Array.from({ length: count }, (_, i) => ({ layer, ...cut(outputs, count, i) }));
    });
}

/** The rows of W̃(l) cut into blocks. */
function rowsOfBlocks(inputs: number, outputs: number): { begin: number; end: number }[] {
  const parts = Math.ceil((inputs * outputs * 4) / BLOCK_BYTES / PARTS) * PARTS;
  const count = Math.max(1, Math.min(parts, Math.floor(inputs / LEAST_COLUMNS)));
  return Array.from({ length: count }, (_, i) => cut(inputs, count, i));
}

function largestBlock(network: Network): number {
  const sizes = layersOf(network).flatMap(({ inputs, outputs }) =>
    rowsOfBlocks(inputs, outputs).map(({ begin, end }) => (end - begin + 1) * outputs),
  );
  return Math.max(...sizes);
}

/** Number of parts that the gradient is cut into: blocks, or chunks if the walk is by shard. */
export function countParts(network: Network, byBlock: boolean, byRows = false): number {
  if (!byBlock) return chunksOf(network, byRows).length;
  return layersOf(network).reduce(
    (sum, { inputs, outputs }) => sum + rowsOfBlocks(inputs, outputs).length,
    0,
  );
}

/** Part i of the rows or columns, with bounds that are multiples of 16, except for the last one. */
function cut(size: number, count: number, i: number): { begin: number; end: number } {
  const edge = (part: number) => (part === count ? size : Math.floor((size * part) / count / 16) * 16);
  return { begin: edge(i), end: edge(i + 1) };
}

/** The parameters of each layer, cut into blocks that fit into the cache; depends only on the network. */
export function blocksOf(network: Network, plan: Plan): Block[][] {
  const slab = entryOf(plan, 'w/1').offset;
  let index = 0;
  return layersOf(network).map(({ inputs, outputs }, layer) => {
    const line = outputs * 4;
    const weights = entryOf(plan, `w/${layer + 1}`).offset - slab + line;
    return rowsOfBlocks(inputs, outputs).map(({ begin, end }, i) => {
      const from = i === 0 ? weights - line : weights + begin * line;
      return { index: index++, layer, begin, end, from, to: weights + end * line };
    });
  });
}
