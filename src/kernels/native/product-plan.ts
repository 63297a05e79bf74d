/** How a product is computed, decided from its shape and its rows before any code is written. It changes no bit. */
import type { ProductShape } from '../kernels.js';
import type { Machine } from './machine.js';
import { MOST_COPIED_ROWS } from './product-layout.js';

export interface ProductPlan {
  /** Rows of a tile of C. */
  tile: number;
  /** Rows of the last tile, if it has fewer; else 0. */
  rest: number;
  /** Whether B is copied to panels first, which pays from a few tiles on. It always is if it has to be transposed. */
  packs: boolean;
  /** Whether A is copied to rows that don't share a set of the first-level cache. Not if it is transposed. */
  copiesA: boolean;
  /**
   * Whether the depth is cut at shards instead of at blocks, and their sums are added by the tree (model/tree.ts): each tile
   * is folded in a stack that stays in the first-level cache, and stored once.
   */
  byShards: boolean;
}

/** Products of fewer rows read each element of B only a few times, so that packing it costs more than it saves. */
const LEAST_ROWS_TO_PACK = 64;
/** Rows of A this many floats apart, or a multiple, share sets of the first-level cache. */
const ALIASING_STRIDE = 512;
/** Columns of C from which on a copy of A is read often enough. */
const LEAST_COLUMNS_TO_COPY = 128;
const LEAST_ROWS_TO_COPY = 28;
/** How a product with so many rows of C is computed, and its tiles that are not the last. */
export function decideProduct(
  machine: Machine,
  shape: ProductShape,
  rows: number,
  byShards = false,
): { tiles: number; plan: ProductPlan } {
  // Rows of a tile are reached by constants of 31 bits.
  const near = Math.floor((2 ** 31 - 1) / (4 * Math.max(shape.lda, shape.ldc)));
  const { tiles, tile, rest } = cutTiles(rows, Math.min(mostRows(machine, shape.n), near));
  const packs = byShards || rows >= LEAST_ROWS_TO_PACK;
  return { tiles, plan: { tile, rest, packs, copiesA: copiesA(machine, shape, rows), byShards } };
}

function copiesA({ lanes }: Machine, { n, k, lda, transposeA }: ProductShape, rows: number): boolean {
  if (transposeA || k === null || k % lanes !== 0 || lda % ALIASING_STRIDE !== 0) return false;
  return n >= LEAST_COLUMNS_TO_COPY && rows >= LEAST_ROWS_TO_COPY && rows <= MOST_COPIED_ROWS;
}

/** Rows of the largest tile that a machine's registers hold, by the columns of C. */
function mostRows({ lanes, tiles }: Machine, n: number): number {
  return n <= lanes ? tiles.one : tiles.two;
}

/** Tiles of about the same number of rows: a small last one would wait for each of its sums. */
function cutTiles(rows: number, most: number): { tiles: number; tile: number; rest: number } {
  const tile = Math.ceil(rows / Math.ceil(rows / most));
  return { tiles: Math.floor(rows / tile), tile, rest: rows % tile };
}
