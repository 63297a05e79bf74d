/**
 * Columns from DuckDB's chunks: each cell as DuckDB prints it, texts that become numbers, pieces that go to a
 * file.
 */
import { describe, expect, it } from 'vitest';
import { Blocks, type Collectors } from '../../src/data/table/blocks.js';
import { KeptCollector, NumberCollector } from '../../src/data/table/collect.js';
import { MOST_KEPT_TEXTS, TextCollector, type TextOptions } from '../../src/data/table/collect-text.js';
import type { NumberColumn, TextColumn } from '../../src/data/table/column.js';
import { readColumns, withDuckDB } from '../../src/data/table/duckdb.js';
import { CellStore, forEachBlock, PieceStore, readAll } from '../../src/data/table/store.js';

/** More than DuckDB's chunks of 2048 rows, and not a multiple of them. */
const ROWS = 20_005;

const OPTIONS: TextOptions = {
  writing: { decimal: '.', naValues: [] },
  asText: false,
  hashed: false,
  source: 'test data',
};

interface Read {
  column: TextColumn | NumberColumn;
  /** As DuckDB prints them. */
  cells: (string | null)[];
}

/** One block of all rows. */
function blocksFor(collectors: Collectors): Blocks {
  const blocks = new Blocks(() => {});
  blocks.begin('test', () => collectors);
  return blocks;
}

/** A column of SQL as texts, and the same cells read in a slower way. */
async function readText(sql: string, options: Partial<TextOptions> = {}, rows = ROWS): Promise<Read> {
  return withDuckDB(async connection => {
    const from = `(SELECT (${sql}) AS cell, i FROM range(${rows}) t(i))`;
    const collector = new TextCollector('cell', new PieceStore(), { ...OPTIONS, ...options });
    const number = 'CASE WHEN strlen(cell) > 12 THEN TRY_CAST(cell AS DOUBLE) END';
    const kept = new KeptCollector({ name: 'cell', spelling: 'text', types: ['VARCHAR'] });
    const fetches = [
      { as: 'text', sql: 'cell', number },
      { as: 'kept', sql: 'cell' },
    ] as const;
    const count = await readColumns(
      connection,
      from,
      fetches,
      blocksFor({ columns: [collector], kept: [kept] }),
    );
    expect(count).toBe(rows);
    return { column: collector.finish() as TextColumn | NumberColumn, cells: [...kept.finish().values] };
  });
}

function texts({ texts, codes }: TextColumn): (string | null)[] {
  return Array.from(readAll(codes, Int32Array), code => (code < 0 ? null : texts[code]!));
}

describe('a column of texts', () => {
  it.each([
    ['two classes', `CASE i % 2 WHEN 0 THEN 'yes' ELSE 'no' END`],
    ['texts of 12 bytes and of 13', `repeat('x', (i % 3 + 11)::INTEGER)`],
    ['texts alike except for the last byte', `'abcdefgh' || i % 7`],
    ['texts alike except for the length', `repeat('a', (i % 12)::INTEGER)`],
    ['long texts', `'a text of more than twelve bytes, number ' || i % 11`],
    ['letters of several bytes', `'größ' || chr((233 + i % 5)::INTEGER)`],
    ['empty cells and empty texts', `CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'x' END`],
    ['numbers, few of them different', `(i % 100)::VARCHAR`],
    [
      'numbers in several spellings',
      `CASE i % 4 WHEN 0 THEN '1' WHEN 1 THEN '1.0' WHEN 2 THEN '01' ELSE '1e0' END`,
    ],
    ['many different texts', `'t' || i`],
    ['zero bytes', `'a' || chr(0) || (i % 3)`],
  ])('keeps %s verbatim', async (_, sql) => {
    const { column, cells } = await readText(sql);
    expect(column.kind).toBe('text');
    const found = column as TextColumn;
    expect(texts(found)).toEqual(cells);
    const firsts = found.texts.map(text => cells.indexOf(text));
    expect(found.firstRows).toEqual(firsts);
    expect([...firsts].sort((a, b) => a - b)).toEqual(firsts);
    expect(found.counts.reduce((a, b) => a + b, 0) + found.empty.count).toBe(ROWS);
    expect(found.empty).toEqual({
      count: cells.filter(cell => cell === null).length,
      first: cells.indexOf(null),
    });
  });

  it('counts each text', async () => {
    const { column } = await readText(`CASE WHEN i % 10 = 3 THEN 'rare' ELSE 'usual' END`);
    expect(column).toMatchObject({
      texts: ['usual', 'rare'],
      counts: [ROWS - 2001, 2001],
      firstRows: [0, 3],
    });
  });
});

describe('a column of texts that are numbers', () => {
  it(`keeps its texts up to ${MOST_KEPT_TEXTS.toLocaleString('en')} different ones`, async () => {
    const { column } = await readText(`(i % ${MOST_KEPT_TEXTS})::VARCHAR`);
    expect(column).toMatchObject({ kind: 'text', texts: { length: MOST_KEPT_TEXTS } });
  });

  it.each([
    ['whole numbers', `(i * 7919 - 50000)::VARCHAR`],
    ['fractions', `(i / 8.0)::VARCHAR`],
    ['numbers of 17 digits', `(0.1 + i / 3.0::DOUBLE)::VARCHAR`],
    ['numbers with exponents', `i || 'e-' || (i % 30)`],
    ['numbers with blanks around them', `' ' || i || '.5 '`],
    ['numbers with signs', `CASE i % 2 WHEN 0 THEN '+' ELSE '-' END || i`],
    ['whole numbers of 16 digits', `(9007199254700000 + i)::VARCHAR`],
  ])('becomes numbers beyond them: %s', async (_, sql) => {
    const { column, cells } = await readText(sql);
    expect(column.kind).toBe('number');
    const { values, odd, empty, summary } = column as NumberColumn;
    const numbers = readAll(values, Float64Array);
    expect(numbers.findIndex((value, i) => !Object.is(value, Number(cells[i])))).toBe(-1);
    expect([odd.texts, empty]).toEqual([[], { count: 0, first: -1 }]);
    expect([summary.least, summary.greatest]).toEqual([
      numbers.reduce((a, b) => Math.min(a, b)),
      numbers.reduce((a, b) => Math.max(a, b)),
    ]);
    expect(summary.isWhole).toBe(numbers.every(Number.isInteger));
  });

  it('keeps other texts among them, with their rows, before and after it becomes numeric', async () => {
    const sql = `CASE WHEN i IN (5, 18000, 20000) THEN 'old' WHEN i = 19000 THEN 'n/a' WHEN i IN (7, 17000) THEN NULL ELSE i::VARCHAR END`;
    const { column } = await readText(sql);
    const { values, odd, empty } = column as NumberColumn;
    expect(odd).toMatchObject({ texts: ['old', 'n/a'], counts: [3, 1], firstRows: [5, 19_000] });
    expect(empty).toEqual({ count: 2, first: 7 });
    const numbers = readAll(values, Float64Array);
    const missing = [5, 7, 17_000, 18_000, 19_000, 20_000];
    expect(Array.from(numbers.keys()).filter(row => Number.isNaN(numbers[row]))).toEqual(missing);
    expect(numbers.every((value, row) => value === row || missing.includes(row))).toBe(true);
  });

  it.each([
    ['before', 100],
    ['after', 19_000],
  ])('knows the first integer that float64 rounds, %s it becomes numeric', async (_, row) => {
    const { column } = await readText(
      `CASE WHEN i >= ${row} THEN (9007199254740993 + 2 * i)::VARCHAR ELSE i::VARCHAR END`,
    );
    expect((column as NumberColumn).summary.firstRounded).toBe(row);
  });

  it.each([
    ['after', 19_000],
    ['before', 9],
  ])('knows the first number that is not finite, %s it becomes numeric', async (_, row) => {
    const { column } = await readText(`CASE WHEN i = ${row} THEN '-inf' ELSE i::VARCHAR END`);
    expect((column as NumberColumn).summary.firstNotFinite).toBe(row);
  });

  it('keeps its texts if they are requested, or if most are not numbers', async () => {
    const asked = await readText(`i::VARCHAR`, { asText: true });
    const mixed = await readText(`CASE i % 5 WHEN 0 THEN 'x' || i ELSE i::VARCHAR END`);
    for (const { column, cells } of [asked, mixed]) {
      expect(column.kind).toBe('text');
      expect(texts(column as TextColumn)).toEqual(cells);
    }
  });

  it('reads a decimal comma if that is the separator', async () => {
    const options = { writing: { decimal: ',', naValues: [] } } as const;
    const { column, cells } = await readText(`replace((i / 4.0)::VARCHAR, '.', ',')`, options);
    const numbers = readAll((column as NumberColumn).values, Float64Array);
    expect([...numbers]).toEqual(cells.map(cell => Number(cell!.replace(',', '.'))));
  });
});

describe('a column of numbers', () => {
  async function readNumbers(sql: string, rows = ROWS): Promise<NumberColumn> {
    return withDuckDB(async connection => {
      const collector = new NumberCollector('cell', new PieceStore(), []);
      const from = `range(${rows}) t(i)`;
      const fetches = [{ as: 'number', sql: `CAST((${sql}) AS DOUBLE)` }] as const;
      await readColumns(connection, from, fetches, blocksFor({ columns: [collector], kept: [] }));
      return collector.finish() as NumberColumn;
    });
  }

  it('has NaN for an empty cell, and knows which are empty', async () => {
    const { values, empty, summary } = await readNumbers('CASE WHEN i % 7 = 4 THEN NULL ELSE i * 0.5 END');
    const expected = Array.from({ length: ROWS }, (_, i) => (i % 7 === 4 ? Number.NaN : i / 2));
    expect([...readAll(values, Float64Array)]).toEqual(expected);
    expect(empty).toEqual({ count: expected.filter(Number.isNaN).length, first: 4 });
    expect(summary).toMatchObject({ least: 0, greatest: (ROWS - 1) / 2, isWhole: false, firstNotFinite: -1 });
  });

  it.each([
    ["CASE WHEN i = 12345 THEN 'nan'::DOUBLE ELSE i END", 12_345],
    ["CASE WHEN i = 4100 THEN 'inf'::DOUBLE WHEN i = 3 THEN NULL ELSE i END", 4100],
  ])('knows the first row of %s that is not finite', async (sql, row) => {
    expect((await readNumbers(sql)).summary.firstNotFinite).toBe(row);
  });

  it('counts the distinct values among the first 10,000 numbers', async () => {
    expect((await readNumbers('i % 30')).summary).toMatchObject({
      sampled: 10_000,
      distinct: 30,
      isWhole: true,
    });
  });

  it('throws errors that DuckDB finds far beyond the first rows', async () => {
    const sql = `CASE WHEN i = 299000 THEN 'old' ELSE i::VARCHAR END`;
    await expect(readNumbers(sql, 300_000)).rejects.toThrow(/Conversion Error.*old/);
  });
});

describe('pieces beyond 24 MiB', () => {
  /** 8 bytes each: 40 MiB. */
  const COUNT = 5 * 2 ** 20 + 123;
  const store = new PieceStore();
  const numbers = new CellStore(Float64Array, store);
  const codes = new CellStore(Int32Array, store);
  for (let i = 0; i < COUNT; i++) numbers.push(i / 2);
  const block = Int32Array.from({ length: 5000 }, (_, i) => i - 1);
  for (let i = 0; i < 40; i++) codes.append(block);

  it('are read back as they were written, in any part', () => {
    expect([numbers.length, codes.length]).toEqual([COUNT, 200_000]);
    for (const [from, to] of [
      [0, 3],
      [32_767, 32_769],
      [3_300_000, 3_500_000],
      [COUNT - 200, COUNT],
      [COUNT, COUNT],
    ] as const) {
      const into = new Float64Array(to - from + 1).fill(-1);
      numbers.read(into, from, to);
      expect(into.subarray(0, to - from).findIndex((value, i) => value !== (from + i) / 2)).toBe(-1);
      expect(into.at(-1)).toBe(-1);
    }
    expect(readAll(codes, Int32Array).findIndex((code, i) => code !== (i % 5000) - 1)).toBe(-1);
  });

  it('are visited in order', () => {
    let next = 0;
    forEachBlock(numbers, Float64Array, (values, begin) => {
      expect(begin).toBe(next);
      if (values.some((value, i) => value !== (begin + i) / 2)) throw new Error(`wrong after ${begin}`);
      next += values.length;
    });
    expect(next).toBe(COUNT);
  });
});
