/** The rows of a table that are used, and their cells. */
import { expect, it } from 'vitest';
import {
  allRows,
  forEachSelected,
  readSelected,
  rowAt,
  selectFrom,
  someRows,
} from '../../../src/data/table/selection.js';
import { CellStore, PieceStore } from '../../../src/data/table/store.js';

const LENGTH = 100_000;
const cells = new CellStore(Float64Array, new PieceStore());
for (let i = 0; i < LENGTH; i++) cells.push(i);

it('selects all rows', () => {
  const rows = allRows(LENGTH);
  expect([rows.count, rowAt(rows, 7)]).toEqual([LENGTH, 7]);
  const into = new Float64Array(3);
  readSelected(cells, rows, { from: 40_000, to: 40_003 }, into);
  expect([...into]).toEqual([40_000, 40_001, 40_002]);
});

it.each([
  ['close to each other', Array.from({ length: 500 }, (_, i) => 2 * i)],
  ['far from each other', [0, 17_000, 17_001, 50_000, LENGTH - 1]],
  ['at both ends', [0, LENGTH - 1]],
  ['nowhere', []],
])('selects rows %s', (_, list) => {
  const rows = someRows(Uint32Array.from(list));
  const into = new Float64Array(list.length);
  readSelected(cells, rows, { from: 0, to: list.length }, into);
  expect([...into]).toEqual(list);
  if (list.length > 2) {
    const middle = new Float64Array(list.length - 2);
    readSelected(cells, rows, { from: 1, to: list.length - 1 }, middle);
    expect([...middle]).toEqual(list.slice(1, -1));
  }
});

it('selects positions among selected rows', () => {
  const some = someRows(Uint32Array.of(3, 5, 8, 13));
  const fewer = selectFrom(some, Uint32Array.of(0, 2));
  expect([fewer.count, rowAt(fewer, 0), rowAt(fewer, 1)]).toEqual([2, 3, 8]);
  expect([...selectFrom(allRows(9), Uint32Array.of(4)).rows!]).toEqual([4]);
});

it('visits every selected cell once, in order, with the position of the first', () => {
  const list = Uint32Array.from({ length: 40_000 }, (_, i) => 2 * i + 1);
  const seen: number[] = [];
  forEachSelected(cells, Float64Array, someRows(list), (values, begin) => {
    expect(begin).toBe(seen.length);
    seen.push(...values);
  });
  expect(seen).toEqual([...list]);
});
