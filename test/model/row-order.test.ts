/** The order of an epoch: every row once, in windows of whole blocks. */
import { describe, expect, it } from 'vitest';
import { cutWindows, RowOrder, WINDOW_SIZES } from '../../src/model/row-order.js';
import { Random } from '../../src/random.js';

const GIB = 2 ** 30;

describe('windows', () => {
  it.each([
    // rows, bytes of a row, rows of a block, blocks, blocks of a window
    [1, 4, 1, 1, 1],
    [60_000, 788, 60_000, 1, 1],
    [2 ** 20, 1024, 2 ** 20, 1, 1],
    [2 ** 20 + 1, 1024, 2 ** 12, 257, 52],
    [3 * 2 ** 20, 1024, 2 ** 12, 768, 64],
    // Many rows a block are a multiple of 1,024, fewer one of 128.
    [10 ** 9, 100, 40_960, 24_415, 65],
    [10 ** 6, 3076, 1280, 782, 66],
    // Rows of 10 MB, of 100 MB, and of more than a window.
    [1000, 10 ** 7, 1, 1000, 26],
    [11, 10 ** 8, 1, 11, 2],
    [3, 2 * GIB, 1, 3, 1],
  ])('of %i rows of %i bytes: blocks of %i rows, %i of them, %i a window', (rows, bytes, ...expected) => {
    const { blockRows, blocks, windowBlocks } = cutWindows(rows, bytes);
    expect([blockRows, blocks, windowBlocks]).toEqual(expected);
  });

  it('hold all rows, in no more bytes than they may, and alike', () => {
    const random = new Random(1, 'probe');
    for (let i = 0; i < 2000; i++) {
      const rows = 1 + Math.floor(2 ** (32 * random.uniform(3 * i)));
      const bytes = 1 + Math.floor(2 ** (16 * random.uniform(3 * i + 1)));
      const { blockRows, blocks, windowBlocks } = cutWindows(rows, bytes);
      expect(Math.ceil(rows / blockRows)).toBe(blocks);
      expect(windowBlocks * blockRows * bytes <= WINDOW_SIZES.window || blocks === 1).toBe(true);
      const windows = Math.ceil(blocks / windowBlocks);
      if (windows > 1) expect(windowBlocks).toBeGreaterThan(50);
      expect(blocks - (windows - 1) * windowBlocks).toBeGreaterThan(windowBlocks / 2 - windows);
    }
  });
});

/** Random numbers of rows, with windows of few rows. */
const CASES = Array.from({ length: 60 }, (_, i) => {
  const random = new Random(i, 'probe');
  const draw = (position: number, most: number) => 1 + Math.floor(random.uniform(position) * most);
  const rows = draw(0, i < 30 ? 60 : 3000);
  const block = draw(1, i < 30 ? 6 : 60);
  return { rows, block, window: block * draw(2, 9), seed: i };
});

describe('the order of an epoch', () => {
  it.each(CASES)(
    'has each of $rows rows once, blocks of $block, windows of $window',
    ({ rows, seed, ...sizes }) => {
      const cut = cutWindows(rows, 1, { ...sizes, whole: sizes.window });
      const order = new RowOrder(cut, { seed, epoch: 1 });
      const all = new Uint32Array(rows);
      order.fill(all, 0, rows);
      expect(all.slice().sort()).toEqual(Uint32Array.from({ length: rows }, (_, i) => i));
      // In any order, whatever was asked for before.
      for (let i = 0; i < 200; i++) {
        const position = (i * 7919) % rows;
        expect(order.rowAt(position)).toBe(all[position]);
      }
      const again = new RowOrder(cut, { seed, epoch: 1 });
      const from = Math.floor(rows / 3);
      const to = Math.ceil((rows * 3) / 4);
      const part = new Uint32Array(rows).fill(99_999);
      again.fill(part, from, to);
      expect(part.subarray(0, to - from)).toEqual(all.subarray(from, to));
      expect(part.subarray(to - from).every(row => row === 99_999)).toBe(true);
    },
  );

  it.each(CASES)('takes whole blocks in each window: $rows, $block, $window', ({ rows, seed, ...sizes }) => {
    const cut = cutWindows(rows, 1, { ...sizes, whole: sizes.window });
    const order = new Uint32Array(rows);
    new RowOrder(cut, { seed, epoch: 2 }).fill(order, 0, rows);
    const blockOf = (row: number) => Math.floor(row / cut.blockRows);
    const sizeOf = (block: number) => Math.min(cut.blockRows, rows - block * cut.blockRows);
    let begin = 0;
    for (let left = cut.blocks; left > 0; left -= cut.windowBlocks) {
      // The blocks of a window are those of its first rows, until there are as many as it has.
      const blocks = new Set<number>();
      let end = begin;
      const count = Math.min(left, cut.windowBlocks);
      while (end < rows && (blocks.size < count || blocks.has(blockOf(order[end]!))))
        blocks.add(blockOf(order[end++]!));
      const size = [...blocks].reduce((sum, block) => sum + sizeOf(block), 0);
      expect(blocks.size).toBe(count);
      expect(new Set(order.subarray(begin, begin + size).map(blockOf))).toEqual(blocks);
      begin += size;
    }
    expect(begin).toBe(rows);
  });

  it('differs from epoch to epoch and seed to seed, in its windows too', () => {
    const cut = cutWindows(10_000, 1, { whole: 2000, window: 2000, block: 100 });
    const fill = (seed: number, epoch: number) => {
      const order = new Uint32Array(10_000);
      new RowOrder(cut, { seed, epoch }).fill(order, 0, 10_000);
      return order;
    };
    const orders = [fill(1, 1), fill(1, 2), fill(1, 3), fill(2, 1)];
    expect(fill(1, 1)).toEqual(orders[0]);
    for (const [i, one] of orders.entries()) {
      for (const other of orders.slice(i + 1)) {
        expect(one.filter((row, position) => row === other[position]).length).toBeLessThan(20);
      }
    }
    // A fifth of the rows of one first window is expected in another: 20 of 100 blocks, 4 ± 2 of them in common.
    const first = new Set(orders[0]!.subarray(0, 2000));
    const met = orders[1]!.subarray(0, 2000).filter(row => first.has(row)).length;
    expect(met).toBeLessThan(1200);
  });
});
