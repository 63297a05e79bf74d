/** Order statistics of columns in memory and in files: selected by digits as they are by sorting. */
import { describe, expect, it } from 'vitest';
import { quantile, valuesAt } from '../../../src/data/table/quantiles.js';
import { allRows, someRows } from '../../../src/data/table/selection.js';
import { Random } from '../../../src/random.js';

const COLUMNS: Record<string, (i: number, random: Random) => number> = {
  'normal numbers': (i, random) => random.normal(i),
  'numbers of all sizes': (i, random) => random.normal(i) * 2 ** ((i % 1900) - 950),
  'few different numbers': i => (i % 3) - 1,
  'one number': () => -2.5,
  'both zeros': i => (i % 2 === 0 ? 0 : -0),
  'missing cells': (i, random) => (i % 5 === 0 ? Number.NaN : random.normal(i)),
};

describe.each(Object.entries(COLUMNS))('of %s', (_, valueAt) => {
  const random = new Random(3, 'probe');
  const cells = Float64Array.from({ length: 3001 }, (_, i) => valueAt(i, random));
  const values = {
    length: cells.length,
    read: (into: Float64Array, from: number, to: number) => into.set(cells.subarray(from, to)),
  };

  it.each([
    ['all rows', allRows(cells.length)],
    ['some rows', someRows(Uint32Array.from({ length: 1000 }, (_, i) => 3 * i))],
  ])('selects what sorting finds in %s', (_, rows) => {
    const used = rows.rows === null ? cells : Float64Array.from(rows.rows, row => cells[row]!);
    const sorted = used.map(value => (Number.isNaN(value) ? 0.5 : value)).sort();
    const ranks = [0, 1, 250, 251, 500, 749, 750, rows.count - 1];
    const expected = ranks.map(rank => sorted[rank]!);
    const column = { values, rows, fill: 0.5 };
    expect(valuesAt(column, ranks)).toEqual(expected);
    expect(valuesAt(column, ranks, 0)).toEqual(expected);
  });
});

it('interpolates between two values', () => {
  const values = [1, 2, 4, 8];
  const at = (rank: number) => values[rank]!;
  expect([0, 0.25, 0.5, 0.75, 1].map(p => quantile(4, p, at))).toEqual([1, 1.75, 3, 5, 8]);
  expect(quantile(1, 0.5, () => 7)).toBe(7);
});
