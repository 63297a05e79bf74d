/**
 * How a step walks its rows and its parameters: pure functions of the configuration, never of the machine or the
 * moment, since they decide the order of additions, and so the bits.
 *
 * By shard: a worker walks its shards micro-batch by micro-batch and adds up a gradient slab for each; the slabs
 * are summed in the update. By block: where the parameters are many and the rows few, most of a step would be
 * the traffic of the slabs; so the workers first bring z and delta of all shards to memory, then each takes
 * blocks of the parameters, computes their gradient over all shards, and updates them while they are in cache.
 */
import type { BackendName } from '../kernels/kernels.js';
import { countParameters, layersOf, type Network } from './network.js';
import { entryOf, type Plan } from './plan.js';

// Measured by `lockstep bench` with blas on a core with 1 MiB of second-level cache, at 784,1024,1024,1024,10 and
// batches of 8192: 0.88 of the product's rate with 128 rows at once, 0.90 with 256, 0.97 with 512.
const CACHE_BYTES = 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
const LEAST_ROWS = 128;
const MOST_ROWS = 512;
/**
 * OpenBLAS takes a product of up to so many multiplications in one go, without packing, at full speed; larger ones
 * with few columns cost a third more (at 784 × 30: 101 GFLOP/s with 32 rows at once, 67 with 64).
 */
const SMALL_PRODUCT = 1e6;
const LEAST_SMALL_ROWS = 32;
/** Rows of all shards together up to which walking by block pays; z and delta of so many rows are kept. */
const MOST_ROWS_BY_BLOCK = 2048;

export interface Walk {
  /** Rows that a worker walks at once: a multiple of 4, no more than the largest shard needs. */
  microBatch: number;
  /** Whether gradients are computed by block; else by shard. */
  byBlock: boolean;
}

/**
 * Few enough rows that x, z and delta stay in the second-level cache, enough that the weights are not read over
 * and over; where the weights don't stay in the cache anyway, as many rows as are allowed.
 */
export function planWalk(network: Network, batchRows: number, shards: number, backend: BackendName): Walk {
  const [features, ...outputs] = network.layers as [number, ...number[]];
  const floats = features + 2 * outputs.reduce((sum, m) => sum + m, 0);
  const weightsFit = 4 * countParameters(network) <= CACHE_BYTES;
  const fitting = weightsFit ? Math.floor(CACHE_BYTES / 2 / (4 * floats)) : MOST_ROWS;
  const small = backend === 'blas' ? smallRows(network) : 0;
  const rows = Math.min(small || Math.max(fitting, LEAST_ROWS), MOST_ROWS);
  const shardRows = Math.ceil(batchRows / shards);
  return {
    microBatch: Math.ceil(Math.min(rows, shardRows) / 4) * 4,
    byBlock: !weightsFit && shardRows <= rows && batchRows <= MOST_ROWS_BY_BLOCK,
  };
}

/** Rows with which the largest product of a layer is a small one; 0 where they are too few to be worth it. */
function smallRows(network: Network): number {
  const largest = Math.max(...layersOf(network).map(({ inputs, outputs }) => inputs * outputs));
  const rows = Math.floor(SMALL_PRODUCT / largest / 16) * 16;
  return rows >= LEAST_SMALL_ROWS ? rows : 0;
}

/** Some rows of one W(l), the bias row with the first of them: what is computed and updated at once. */
export interface Block {
  /** Index of the layer, l − 1. */
  layer: number;
  /** Rows of W̃(l), half-open. */
  begin: number;
  end: number;
  /** Where they lie in a slab, in bytes, half-open. */
  from: number;
  to: number;
}

/** The parameters cut into blocks that stay in the cache: by the network alone. */
export function blocksOf(network: Network, plan: Plan): Block[] {
  const slab = entryOf(plan, 'w/1').offset;
  return layersOf(network).flatMap(({ inputs, outputs }, layer) => {
    const line = outputs * 4;
    const weights = entryOf(plan, `w/${layer + 1}`).offset - slab + line;
    const count = Math.ceil((inputs * line) / BLOCK_BYTES);
    return Array.from({ length: count }, (_, i) => {
      const begin = Math.floor((inputs * i) / count);
      const end = Math.floor((inputs * (i + 1)) / count);
      const from = i === 0 ? weights - line : weights + begin * line;
      return { layer, begin, end, from, to: weights + end * line };
    });
  });
}
