/** Types, columns and keys that only later rows or files contain: read as they are, or refused by name. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '../../../src/data/load-options.js';
import { readInputs } from '../../../src/data/rows.js';
import { loadTrain, makeFolder, refusal, toRows } from '../files.js';
import { writeParquet } from './files.js';

const folder = makeFolder();
const asIs: Partial<LoadOptions> = { target: ['y'], task: 'regression', scale: 'none' };
/** DuckDB examines 20,480 rows for types and keys. */
const LATE = 20_600;
const lines = (line: (i: number) => string) => Array.from({ length: LATE }, (_, i) => line(i)).join('\n');
const column = async (path: string) => [...readInputs(await loadTrain(path, asIs))];

describe('a type that widens from file to file', () => {
  it.each([
    ['INTEGER', 'DOUBLE', ['1', '2'], ['0.5', '2.25'], [1, 2, 0.5, 2.25]],
    ['TINYINT', 'BIGINT', ['1', '2'], ['70000', '3'], [1, 2, 70_000, 3]],
    ['FLOAT', 'DECIMAL(9,3)', ['0.5', '2'], ['0.125', '3'], [0.5, 2, 0.125, 3]],
    ['UINTEGER', 'INTEGER', ['4294967295', '2'], ['-1', '3'], [4_294_967_295, 2, -1, 3]],
    ['BIGINT', 'UBIGINT', ['-7', '2'], ['18446744073709551615', '3'], [-7, 2, 2 ** 64, 3]],
  ])('keeps the values of %s and %s in Parquet', async (first, second, a, b, expected) => {
    const name = `${first}-${second}`.replace(/\W/g, '');
    const select = (type: string, values: string[]) =>
      values.map((value, i) => `SELECT ${value}::${type} AS a, ${i}.5 AS y`).join(' UNION ALL ');
    await writeParquet(folder, `${name}/1.parquet`, select(first, a));
    await writeParquet(folder, `${name}/2.parquet`, select(second, b));
    const pattern = join(folder.path, name, '*.parquet');
    expect(await column(pattern)).toEqual(expected.map(Math.fround));
    const queried = await loadTrain(pattern, { ...asIs, query: 'SELECT * FROM data' });
    expect([...readInputs(queried)]).toEqual(expected.map(Math.fround));
  });

  it('from numbers to texts becomes a category, with a note', async () => {
    await writeParquet(folder, 'texts/1.parquet', 'SELECT i AS a, i * 0.5 AS y FROM range(4) t(i)');
    await writeParquet(folder, 'texts/2.parquet', "SELECT 'x' AS a, i * 0.5 AS y FROM range(4) t(i)");
    const { encoding, notes } = await loadTrain(join(folder.path, 'texts/*.parquet'), asIs);
    expect(encoding.columns).toEqual([{ name: 'a', kind: 'category', values: ['0', '1', '2', '3', 'x'] }]);
    expect(notes).toContain('"a" is read as text: it holds BIGINT and VARCHAR in different files');
  });

  it('considers the cells of all CSV files', async () => {
    folder.table('late-fraction/1.csv', [
      ['a', 'y'],
      [1, 0.5],
      [2, 1.5],
    ]);
    folder.table('late-fraction/2.csv', [
      ['a', 'y'],
      ['0.25', 0.5],
      ['1e-3', 1.5],
    ]);
    expect(await column(join(folder.path, 'late-fraction/*.csv'))).toEqual([1, 2, 0.25, Math.fround(0.001)]);
  });
});

describe('a value far down the file', () => {
  it.each([
    ['20', ['20', 'false', 'true']],
    ['0.5', ['0.5', 'false', 'true']],
    ['"yes"', ['false', 'true', 'yes']],
    ['1', ['1', 'false', 'true']],
  ])('of %s among JSON booleans is not one of them', async (late, values) => {
    const text = lines(i => `{"a": ${i === LATE - 3 ? late : i % 2 === 0}, "y": ${i}.5}`);
    const { encoding } = await loadTrain(folder.write('flags.ndjson', text), asIs);
    expect(encoding.columns).toEqual([{ name: 'a', kind: 'category', values }]);
  });

  it.each(['ndjson', 'json'])('of a fraction after integers is kept in %s', async format => {
    const text = lines(i => `{"a": ${i === LATE - 3 ? '0.25' : i}, "y": ${i}.5}`);
    const path = folder.write(
      `fraction.${format}`,
      format === 'json' ? `[${text.replaceAll('\n', ',\n')}]` : text,
    );
    expect((await column(path)).at(-3)).toBe(0.25);
  });

  it('of another type is kept in CSV', async () => {
    const text = `a,y\n${lines(i => `${i === LATE - 3 ? '1e-2' : i},${i}.5`)}\n`;
    expect((await column(folder.write('late.csv', text))).at(-3)).toBe(Math.fround(0.01));
  });
});

describe('a column that only some files have', () => {
  const write = async (extension: string, name: string, rows: string[][]) => {
    const [head, ...cells] = rows as [string[], ...string[][]];
    const path = `${extension}-parts/${name}.${extension}`;
    if (extension === 'parquet') {
      const select = cells.map(row => `SELECT ${row.map((cell, j) => `${cell} AS ${head[j]}`).join(', ')}`);
      await writeParquet(folder, path, select.join(' UNION ALL '));
    } else folder.write(path, rows.map(row => `${row.join(extension === 'tsv' ? '\t' : ',')}\n`).join(''));
  };
  const narrow = [
    ['a', 'y'],
    ['1', '0.5'],
    ['2', '1.5'],
  ];
  const wide = [
    ['a', 'b', 'y'],
    ['3', '7', '2.5'],
    ['4', '8', '3.5'],
  ];

  it.each(['csv', 'tsv', 'parquet'])(
    'is refused by name in either order, and can be left out, in %s',
    async extension => {
      const pattern = join(folder.path, `${extension}-parts/*.${extension}`);
      for (const [first, second, lacking] of [
        [narrow, wide, '1'],
        [wide, narrow, '2'],
      ] as const) {
        await write(extension, '1', first);
        await write(extension, '2', second);
        expect(await refusal(loadTrain(pattern, asIs), folder)).toEqual({
          code: 'usage',
          message: `${extension}-parts/${lacking}.${extension}: it has no column "b", which other files of ${extension}-parts/*.${extension} have.`,
          hint: 'Files read together need the same columns. Leave it out with --ignore b.',
        });
        expect((await loadTrain(pattern, { ...asIs, ignore: ['b'] })).rows).toBe(4);
      }
    },
  );
});

describe('a JSON key', () => {
  it('that first appears far down is read, with empty cells before it', async () => {
    const text = lines(i => `{"a": ${i}, "y": ${i}.5${i >= LATE - 5 ? `, "b": ${i % 2}` : ''}}`);
    const path = folder.write('late-key.ndjson', text);
    const { encoding } = await loadTrain(path, { ...asIs, missing: 'zero' });
    expect(encoding.columns.map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await refusal(loadTrain(path, asIs), folder)).message).toBe(
      'late-key.ndjson, row 1, column "b": expected a number, got an empty cell.',
    );
    const query = 'SELECT a, b, y FROM data WHERE b IS NOT NULL';
    expect((await loadTrain(path, { ...asIs, query })).rows).toBe(5);
  });

  it.each([
    ['many keys', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]))],
    ['keys like a map of numbers', Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}`, i]))],
    ['one key besides the target', { json: 1 }],
    ['keys with dots, slashes and quotes', { 'a.b': 1, 'a/b': 2, 'a"b': 3, "a'b": 4, '~0': 5, $: 6 }],
  ])('is a separate column for each of %s', async (_, keys) => {
    const rows = Array.from({ length: 4 }, (_, i) => ({ ...keys, y: i + 0.5 }));
    const path = folder.write('keys.json', JSON.stringify(rows));
    for (const query of [null, 'SELECT * FROM data']) {
      const data = await loadTrain(path, { ...asIs, query });
      expect(new Set(data.encoding.columns.map(({ name }) => name))).toEqual(new Set(Object.keys(keys)));
      const [row] = toRows(readInputs(data), data.features);
      expect(row!.reduce((a, b) => a + b, 0)).toBe(Object.values(keys).reduce((a, b) => a + b, 0));
    }
  });

  it('is refused twice in one object', async () => {
    const path = folder.write('twice.ndjson', '{"a": 1, "y": 1.5}\n{"a": 1, "a": 2, "y": 2.5}\n');
    expect(await refusal(loadTrain(path, asIs), folder)).toEqual({
      code: 'usage',
      message: 'twice.ndjson, row 2: the key "a" occurs twice in one object.',
      hint: 'Rename one of them in the file.',
    });
  });
});
