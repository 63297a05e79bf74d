/** What the parts of a product's code share: its arguments, its scratch, and which register holds what. */
import { at, ENTRY, type General, MEMORY } from './machine.js';

/** The contract's: the sum of a block begins at 0. By shards, blocks are as long at most. */
export const BLOCK = 256;

/** Words of a product's arguments, those after `depth` the kernel's own; then the pairs of shards: PAIR_WORDS each. */
export const WORDS = {
  c: 0,
  a: 1,
  b: 2,
  /** m, or k if A is transposed. */
  size: 3,
  accumulate: 4,
  scratch: 5,
  /** Tiles of `tile` rows, and after them those of one row less. */
  tiles: 6,
  smaller: 7,
  /** Tiles of a block of rows. */
  tilesAtOnce: 8,
  /** By shards: rows of the first block of the depth, and its pairs of shards; the second has as many. */
  depth: 9,
  pairsAtOnce: 10,
  depthLeft: 11,
  tilesLeft: 12,
  smallerLeft: 13,
  tilesNow: 14,
  smallerNow: 15,
  panelsLeft: 16,
  /** Panels that are packed and not yet multiplied. */
  packedLeft: 17,
  pairsLeft: 32,
  // These are longs. A and B where the block of the depth begins:
  depthOfA: 18,
  depthOfB: 20,
  /** A and C where the block of rows begins. */
  rowsOfA: 22,
  rowsOfC: 24,
  /** C's first row. */
  firstOfC: 26,
  /** The pairs of the block. */
  pairs: 28,
  /** The panel of B that is multiplied, packed or as it lies; and where the next begins. */
  panelOfB: 30,
  nextOfB: 34,
} as const;
export const WORD_COUNT = 36;

/** Of each pair of shards: rows that both have, and how many more each has; the sums of the stack that are then folded. */
export const PAIR = { both: 0, evenRest: 1, oddRest: 2, folds: 3 } as const;
export const PAIR_WORDS = 4;

/** Floats between the rows of A's copy: a block and one line more, so that rows fall into different sets. */
export const COPY_STRIDE = BLOCK + 16;
/** Most rows of A that are copied at once. */
export const MOST_COPIED_ROWS = 512;
/**
 * Bytes between the tiles of a transposed A's copy: the last vector of a tile reaches into them, and the tiles fall into
 * different sets.
 */
export const COPY_GAP = 64;

/** Depths of a transposed A's tile that are copied before the next tile. */
export const DEPTHS_AT_ONCE = 8;

/** Sums that wait for their other half, at most: log₂ of BLOCK, and one. */
const STACK_DEPTH = 9;
const MOST_TILE_VECTORS = 28;

/** Bytes from one packed panel of B to the next: a line more than its rows, so that panels fall into different sets. */
export const panelBytes = (lanes: number) => BLOCK * 2 * lanes * 4 + 64;
/**
 * Panels that are packed at once, from 256 bytes of a row: rows lie in different pages, and to look one up takes longer than
 * to copy a line.
 */
export const panelsAtOnce = (lanes: number) => 256 / (2 * lanes * 4);
/** Bytes of them. */
export const packedBytes = (lanes: number) => panelsAtOnce(lanes) * panelBytes(lanes);
/** Bytes of the stack. */
export const stackBytes = (lanes: number) => STACK_DEPTH * MOST_TILE_VECTORS * lanes * 4;

/** Bytes of scratch that a product needs: panels of B, the stack, and the copy of A. */
export const productScratch = (lanes: number) =>
  packedBytes(lanes) + stackBytes(lanes) + MOST_COPIED_ROWS * COPY_STRIDE * 4;

export const C_TILE: General = 0;
export const A_TILE: General = 1;
export const B_TILE: General = 2;
export const COUNTER: General = 3;
export const C_PANEL: General = 4;
/** A where the tile begins. */
export const A_ROWS: General = 5;
/** Of the block that is under way. */
export const DEPTH: General = 7;
export const SCRATCH: General = 9;
export const TILES: General = 10;
export const TEMPORARY: General = 11;
// By shards:
export const STACK: General = 8;
export const PAIR_AT: General = 6;
/** A and B where the second shard of a pair begins. */
export const A_ODD = MEMORY;
export const B_ODD: General = 12;

/** The place of an argument. */
export const argument = (word: number) => at(ENTRY, word * 4);

/** Some columns of C: how many vectors, and how many lanes of the last of them. */
export interface Panel {
  name: string;
  vectors: number;
  count: number;
}

/** Tiles of so many rows, and the words with their number: what is left of them, and those of the block of rows. */
export interface Height {
  rows: number;
  left: number;
  now: number;
}
