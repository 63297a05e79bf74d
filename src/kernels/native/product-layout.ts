/** What the parts of a product's code share: its arguments, its scratch, and which register holds what. */
import { at, ENTRY, type General, MEMORY } from './machine.js';

/** The contract's: the sum of a block begins at 0. */
export const BLOCK = 256;

/** Words of a product's arguments, `depthLeft` and those after it the kernel's own; then the shards: SHARD_WORDS each. */
export const WORDS = {
  c: 0,
  a: 1,
  b: 2,
  /** m, or k if A is transposed. */
  size: 3,
  accumulate: 4,
  scratch: 5,
  /** Tiles of `tile` rows. */
  tiles: 6,
  depthLeft: 7,
  panelsLeft: 8,
  /** How many shards. */
  leaves: 9,
  // These are longs.
  panelOfC: 10,
  blockOfA: 12,
} as const;
export const WORD_COUNT = 14;
/** Of each shard: its rows, and how many sums of the stack are then folded. */
export const SHARD_WORDS = 2;

/** Floats between the rows of A's copy: a block and one line more, so that rows fall into different sets. */
export const COPY_STRIDE = BLOCK + 16;
/** Rows of A that its copy has room for. */
export const MOST_COPIED_ROWS = 512;

/** Rows of B that a panel has room for: by shards, all rows of a micro-batch. */
export const MOST_DEPTH = 512;
/** Sums that wait for their other half, at most: log₂ of MOST_DEPTH, and one. */
const STACK_DEPTH = 10;
const MOST_TILE_VECTORS = 28;

/** Bytes of a packed panel of B. */
export const panelBytes = (lanes: number) => MOST_DEPTH * 2 * lanes * 4;

/** Bytes of scratch that a product needs: a panel of B, and the copy of A or the stack. */
export const productScratch = (lanes: number) =>
  panelBytes(lanes) +
  Math.max(MOST_COPIED_ROWS * COPY_STRIDE * 4, STACK_DEPTH * MOST_TILE_VECTORS * lanes * 4);

export const C_TILE: General = 0;
export const A_TILE: General = 1;
export const B_TILE: General = 2;
export const COUNTER: General = 3;
export const C_PANEL: General = 4;
export const A_BLOCK: General = 5;
export const B_BLOCK: General = 6;
/** Of the block that is under way. */
export const DEPTH: General = 7;
export const ACCUMULATE: General = 8;
export const SCRATCH: General = 9;
export const TILES: General = 10;
export const TEMPORARY: General = 11;
export const B_PANEL: General = 12;
// By shards: registers that are free then.
export const STACK = ACCUMULATE;
export const SHARD = B_BLOCK;
export const LEAVES = MEMORY;

/** The place of an argument. */
export const argument = (word: number) => at(ENTRY, word * 4);

/** Some columns of C: how many vectors, and how many lanes of the last of them. */
export interface Panel {
  name: string;
  vectors: number;
  count: number;
}
