/**
 * The order of the rows in an epoch: a pure function of the number of rows, the bytes of an encoded row, the seed and the
 * epoch, which gives the row at any position by itself. No position depends on those before it, so a resumed
 * training, or one of several machines, begins anywhere; and it can be followed by a reader that holds two windows of the
 * rows in memory.
 *
 * Rows are numbered in stored order: that of their keys (src/keyed-order.ts), uniformly random, in which a file on disk
 * has them. They are cut into blocks. A permutation by seed and epoch orders the blocks; consecutive ones make
 * windows; and a second permutation, of each window, orders its rows. The last block has fewer rows, so the window that it
 * falls into has, too.
 *
 * Since the stored order is random, a window is a random sample of all rows, however small it is. It only has to be large
 * enough that a row meets others in its batches from epoch to epoch. Up to 1 GiB, which most data takes, it is all of them;
 * above that 256 MiB, so that two windows fit into little memory whatever the data takes. A block of 4 MiB is read
 * at nearly full speed from any disk, and a window has about 64 of them, so that other rows come together each time.
 */
import { Random } from '../random.js';
import { type Permutation, permute } from './permutation.js';

/** Bytes: up to `whole` all rows are one window; above that of a window and of a block, at most. */
export interface WindowSizes {
  whole: number;
  window: number;
  block: number;
}

/** The order of rows that take more than `whole` depends on them, so another number here needs another one in src/store/rules.ts. */
export const WINDOW_SIZES: WindowSizes = { whole: 2 ** 30, window: 2 ** 28, block: 2 ** 22 };

/** How rows are cut. The last block and the last window may be smaller. */
export interface WindowCut {
  rows: number;
  blockRows: number;
  blocks: number;
  windowBlocks: number;
}

/**
 * Rows of a full block: as many as fit, at least one. If there are many, a multiple of a power of two, so that blocks
 * of most rows begin at multiples of the 512 or 4,096 bytes that a disk reads at once.
 *
 * @param bytesPerRow of its features, targets and weight, as encoded
 */
export function blockRowsOf(bytesPerRow: number, block = WINDOW_SIZES.block): number {
  const rows = Math.max(1, Math.floor(block / bytesPerRow));
  const unit = rows >= 2048 ? 1024 : rows >= 256 ? 128 : 1;
  return rows - (rows % unit);
}

/**
 * One window of one block if all rows take so little. Otherwise full blocks and the rest of the rows, and as few
 * windows as hold them, of the same number of blocks each.
 *
 * @param bytesPerRow of its features, targets and weight, as encoded
 */
export function cutWindows(rows: number, bytesPerRow: number, sizes = WINDOW_SIZES): WindowCut {
  const { whole, window, block } = sizes;
  if (rows * bytesPerRow <= whole) return { rows, blockRows: rows, blocks: 1, windowBlocks: 1 };
  const blockRows = blockRowsOf(bytesPerRow, block);
  const blocks = Math.ceil(rows / blockRows);
  const most = Math.max(1, Math.floor(window / (blockRows * bytesPerRow)));
  const windows = Math.ceil(blocks / most);
  return { rows, blockRows, blocks, windowBlocks: Math.ceil(blocks / windows) };
}

export class RowOrder {
  readonly #cut: WindowCut;
  readonly #key: { seed: number; epoch: number };
  /** The blocks in the order of this epoch. */
  readonly #blocks: Uint32Array;
  /** The last block: its place in that order, and how many rows it has less than others. */
  readonly #last: { place: number; missing: number };
  /** The window that was asked for last. */
  #window: { number: number; rows: Permutation } | null = null;

  constructor(cut: WindowCut, key: { seed: number; epoch: number }) {
    const { rows, blockRows, blocks } = cut;
    this.#cut = cut;
    this.#key = key;
    this.#blocks = new Uint32Array(blocks);
    permute(blocks, new Random(key.seed, 'blocks', key.epoch)).fill(this.#blocks, 0, blocks);
    this.#last = { place: this.#blocks.indexOf(blocks - 1), missing: blocks * blockRows - rows };
  }

  /** The row, in stored order, at a position of the epoch. */
  rowAt(position: number): number {
    const window = this.windowAt(position);
    const { begin } = this.extent(window);
    const row = Uint32Array.of(this.placesIn(window).at(position - begin));
    this.#toRows(row, begin);
    return row[0]!;
  }

  /** Writes the rows at from ≤ position < to, one after the other, to the beginning of `into`. */
  fill(into: Uint32Array, from: number, to: number): void {
    for (let next = from; next < to; ) {
      const window = this.windowAt(next);
      const { begin, end } = this.extent(window);
      const stop = Math.min(end, to);
      const part = into.subarray(next - from, stop - from);
      this.placesIn(window).fill(part, next - begin, stop - begin);
      if (this.#cut.blocks > 1) this.#toRows(part, begin);
      next = stop;
    }
  }

  /** The blocks of a window, in their order. */
  blocksIn(window: number): Uint32Array {
    const { windowBlocks } = this.#cut;
    return this.#blocks.subarray(window * windowBlocks, (window + 1) * windowBlocks);
  }

  /** The order of the rows of a window: places within it, with its blocks one after the other. */
  placesIn(window: number): Permutation {
    if (this.#window?.number === window) return this.#window.rows;
    const { begin, end } = this.extent(window);
    const { seed, epoch } = this.#key;
    const stream = new Random(seed, 'windows', epoch).word(window);
    const rows = permute(end - begin, new Random(seed, 'rows', stream));
    this.#window = { number: window, rows };
    return rows;
  }

  /** The window that a position is in. */
  windowAt(position: number): number {
    const { blockRows, windowBlocks } = this.#cut;
    const { place, missing } = this.#last;
    const windowRows = windowBlocks * blockRows;
    const endOfShort = (Math.floor(place / windowBlocks) + 1) * windowRows - missing;
    return Math.floor((position < endOfShort ? position : position + missing) / windowRows);
  }

  /** The positions of a window. */
  extent(window: number): { begin: number; end: number } {
    const { rows, blockRows, windowBlocks } = this.#cut;
    const { place, missing } = this.#last;
    const endOf = (blocks: number) => Math.min(rows, blocks * blockRows - (blocks > place ? missing : 0));
    return { begin: endOf(window * windowBlocks), end: endOf((window + 1) * windowBlocks) };
  }

  /**
   * Replaces places of a window that begins there by their rows: of the blocks as this epoch has them, one after the
   * other.
   */
  #toRows(places: Uint32Array, begin: number): void {
    const blocks = this.#blocks;
    const { blockRows } = this.#cut;
    const { place: last, missing } = this.#last;
    const endOfLast = (last + 1) * blockRows - missing;
    for (let i = 0; i < places.length; i++) {
      const place = begin + places[i]!;
      // As if the last block were as long as the others.
      const full = place < endOfLast ? place : place + missing;
      const block = Math.floor(full / blockRows);
      places[i] = blocks[block]! * blockRows + (full - block * blockRows);
    }
  }
}
