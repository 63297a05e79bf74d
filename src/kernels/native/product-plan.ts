/** How a product is computed, decided from its shape and its rows before any code is written. It changes no bit. */
import type { ProductShape } from '../kernels.js';
import type { Machine } from './machine.js';
import { DEPTHS_AT_ONCE, MOST_COPIED_ROWS } from './product-layout.js';

/** What the code of a product depends on beside its shape. */
export interface ProductPlan {
  /** Rows of a tile of C. */
  tile: number;
  /** Rows of the tiles after those: one less, or 0 if there are none. */
  smaller: number;
  /** Whether B is copied to panels first, which pays from a few tiles on. It always is if it has to be transposed. */
  packs: boolean;
  /**
   * Whether a block of A's rows is copied first: row by row, to rows that don't share a set of the first-level cache, or, if
   * A is transposed, tile by tile.
   */
  copiesA: boolean;
  /**
   * Whether the depth is cut at shards instead of at blocks, and their sums are added by the tree (model/tree.ts): each tile
   * is folded in a stack that stays in the first-level cache, and stored once.
   */
  byShards: boolean;
}

/** How many tiles there are: of `tile` rows, of one row less, and in a block of rows. */
export interface TileCounts {
  tiles: number;
  smaller: number;
  tilesAtOnce: number;
}

/** Products of fewer rows read each element of B only a few times, so that packing it costs more than it saves. */
const LEAST_ROWS_TO_PACK = 64;
/** Rows this many floats apart, or a multiple, share sets of the caches: read again and again, they are worth a copy sooner. */
const ALIASING_STRIDE = 512;
const LEAST_ALIASING_ROWS_TO_PACK = 16;
/** Columns of C from which on a copy of A is read often enough. */
const LEAST_COLUMNS_TO_COPY = 256;
const LEAST_ROWS_TO_COPY = 28;
/**
 * Rows of a block of A, of 1 KiB each. At 1024 × 1024 by 256 and 512 KiB of second-level cache, 192 to 512 rows are as fast,
 * 128 a few percent slower.
 */
const BLOCK_ROWS = { rows: MOST_COPIED_ROWS, columns: 256 };

/** How a product with so many rows of C is computed. */
export function decideProduct(
  machine: Machine,
  shape: ProductShape,
  rows: number,
  byShards = false,
): { counts: TileCounts; plan: ProductPlan } {
  // Rows of a tile, and depths that are copied at once, are reached by constants of 31 bits.
  const near = Math.floor((2 ** 31 - 1) / (4 * Math.max(shape.lda, shape.ldc)));
  const all = Math.ceil(rows / Math.min(mostRows(machine, shape.n), near));
  // Tiles whose rows differ by one at most: a small last one would wait for each of its sums.
  const tile = Math.ceil(rows / all);
  const smaller = all * tile - rows;
  const copies = near >= DEPTHS_AT_ONCE && copiesA(machine, shape, rows, byShards);
  // Blocks of about the same number of tiles.
  const blockRows = shape.transposeA ? BLOCK_ROWS.columns : BLOCK_ROWS.rows;
  const most = copies ? Math.floor(blockRows / tile) : all;
  const tilesAtOnce = Math.ceil(all / Math.ceil(all / most));
  return {
    counts: { tiles: all - smaller, smaller, tilesAtOnce },
    plan: {
      tile,
      smaller: smaller > 0 ? tile - 1 : 0,
      packs: byShards || packsB(shape, rows),
      copiesA: copies,
      byShards,
    },
  };
}

function packsB({ ldb }: ProductShape, rows: number): boolean {
  return rows >= (ldb % ALIASING_STRIDE === 0 ? LEAST_ALIASING_ROWS_TO_PACK : LEAST_ROWS_TO_PACK);
}

function copiesA(
  { lanes }: Machine,
  { n, lda, transposeA }: ProductShape,
  rows: number,
  byShards: boolean,
): boolean {
  if (rows < LEAST_ROWS_TO_COPY) return false;
  if (n >= LEAST_COLUMNS_TO_COPY) return true;
  // Each step reads another row of a transposed A, and by shards two rows, twice.
  return transposeA && (lda % ALIASING_STRIDE === 0 || (byShards && n > 2 * lanes));
}

/** Rows of the largest tile that a machine's registers hold, by the columns of C. */
function mostRows({ lanes, tiles }: Machine, n: number): number {
  return n <= lanes ? tiles.one : tiles.two;
}
