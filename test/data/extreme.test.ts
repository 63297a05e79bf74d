import { describe, expect, it } from 'vitest';
import type { ColumnEncoding, Dataset, Encoding } from '../../src/data/dataset.js';
import { findExtreme } from '../../src/data/extreme.js';
import { arrayRows } from '../../src/data/rows.js';

const number = (name: string, mean = 0, deviation = 1): ColumnEncoding => {
  return { name, kind: 'number', mean, deviation, fill: null };
};

/** A table with these encoded rows and regression targets. */
function table(
  columns: ColumnEncoding[],
  rows: number[][],
  more: Partial<Omit<Dataset, 'encoding'>> & { encoding?: Partial<Encoding> } = {},
): Dataset {
  const features = rows[0]!.length;
  return {
    source: 'rows.csv',
    task: 'regression',
    rows: rows.length,
    features,
    outputs: 1,
    scale: 1,
    x: arrayRows(Float32Array.from(rows.flat()), features),
    y: new Float32Array(rows.length),
    ...more,
    encoding: {
      kind: 'table',
      columns,
      targets: ['y'],
      classes: [],
      targetScales: [{ mean: 0, deviation: 1 }],
      ...more.encoding,
    },
  };
}

describe('the most extreme value', () => {
  it('is reported with its column, its row and its value in original units', () => {
    const data = table(
      [number('age', 40, 10), number('income', 30_000, 1000)],
      [
        [0.5, 1],
        [25, -70],
        [1, 22],
      ],
    );
    expect(findExtreme(data)).toEqual({ column: 'income', row: 2, value: -40_000, deviations: 70 });
  });

  it('has the number of its row in the source', () => {
    const rows = [[0], [30]];
    const data = table([number('a', 5, 2)], rows, { rowNumbers: Uint32Array.of(7, 12) });
    expect(findExtreme(data)).toMatchObject({ row: 12, value: 65 });
  });

  it('is found after categories, which are several features each', () => {
    const colour: ColumnEncoding = { name: 'colour', kind: 'category', values: ['red', 'green', 'blue'] };
    const data = table([number('a', 1, 1), colour, number('b', 3, 2)], [[1, 0, 1, 0, 99]]);
    expect(findExtreme(data)).toMatchObject({ column: 'b', value: 201 });
  });

  it('is found after indicators and hashed categories', () => {
    const holes: ColumnEncoding = {
      name: 'a',
      kind: 'number',
      mean: 1,
      deviation: 1,
      fill: 0,
      indicator: true,
    };
    const words: ColumnEncoding = { name: 'text', kind: 'hashed', buckets: 2 };
    const data = table([holes, words, number('b', 3, 2)], [[0, 1, 0, 1, -50]]);
    expect(findExtreme(data)).toMatchObject({ column: 'b', value: -97 });
  });

  it('is found in rows that store the index of a category', () => {
    const colour: ColumnEncoding = { name: 'colour', kind: 'category', values: ['red', 'green', 'blue'] };
    const stored = Float32Array.of(0, 40);
    new Uint32Array(stored.buffer)[0] = 2;
    const spans = [
      { kind: 'oneHot', values: 3 },
      { kind: 'numbers', count: 1 },
    ] as const;
    const data = table([colour, number('b', 1, 2)], [[0, 0, 1, 40]], {
      x: { ...arrayRows(stored, 2), spans },
    });
    expect(findExtreme(data)).toMatchObject({ column: 'b', row: 1, value: 81 });
  });

  it('may be a target', () => {
    const data = table([number('a', 1, 2)], [[1], [-21]], {
      outputs: 2,
      y: Float32Array.of(0, 1, 2, -40),
      encoding: {
        targets: ['price', 'tax'],
        targetScales: [
          { mean: 0, deviation: 3 },
          { mean: 10, deviation: 2 },
        ],
      },
    });
    expect(findExtreme(data)).toEqual({ column: 'tax', row: 2, value: -70, deviations: 40 });
  });

  it('has no deviations if its column is not standardised', () => {
    expect(findExtreme(table([number('id')], [[1], [1e6]]))).toEqual({
      column: 'id',
      row: 2,
      value: 1e6,
      deviations: null,
    });
  });

  it('is found in rows beyond the first block', () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => [i === 299_998 ? -50 : 1]);
    expect(findExtreme(table([number('a', 1, 1)], rows))).toMatchObject({ row: 299_999, value: -49 });
  });
});

it('finds nothing extreme within twenty deviations, among pixels, or among class numbers', () => {
  const rows = [[20], [-19.9]];
  expect(findExtreme(table([number('a', 1, 1)], rows))).toBeNull();
  const pixels = table([], [[255]], { encoding: { kind: 'pixels' } });
  expect(findExtreme(pixels)).toBeNull();
  const classes = { task: 'multiclass', outputs: 30, y: Int32Array.of(29, 28) } as const;
  expect(findExtreme(table([number('a', 1, 1)], rows, classes))).toBeNull();
});
