import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { checkOutput, type OutputColumn, writeTable } from '../../src/data/write-table.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HARD_NAME = `it's "p"`;
function writeColumns(path: string, columns: readonly OutputColumn[]): Promise<string[]> {
  return writeTable(path, add => add(columns));
}

const COLUMNS: OutputColumn[] = [
  { name: 'prediction', values: ['cat', 'a "b", c', 'two\nlines'] },
  { name: HARD_NAME, values: Float64Array.of(0.5, 0.1, Number.NaN) },
];

describe('a table', () => {
  it('is written as CSV', async () => {
    const path = join(folder, 't.csv');
    await writeColumns(path, COLUMNS);
    expect(readFileSync(path, 'utf8')).toBe(
      'prediction,"it\'s ""p"""\ncat,0.5\n"a ""b"", c",0.1\n"two\nlines",\n',
    );
  });

  it('is written as JSON', async () => {
    const path = join(folder, 't.json');
    await writeColumns(path, COLUMNS);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([
      { prediction: 'cat', [HARD_NAME]: 0.5 },
      { prediction: 'a "b", c', [HARD_NAME]: 0.1 },
      { prediction: 'two\nlines', [HARD_NAME]: null },
    ]);
  });

  it('with more rows than a chunk is written as Parquet', async () => {
    const path = join(folder, 't.PARQUET');
    const values = Float64Array.from({ length: 5000 }, (_, i) => i);
    // Integers beyond those that a float32 distinguishes.
    const row = Uint32Array.from(values, value => 2 ** 25 + value);
    await writeColumns(path, [
      { name: 'n', values },
      { name: 'row', values: row },
    ]);
    const sql = `SELECT count(*), sum(n), max(n), max(row) FROM read_parquet('${path}')`;
    const rows = await withDuckDB(async connection => (await connection.runAndReadAll(sql)).getRows());
    expect(rows).toEqual([[5000n, (4999 * 5000) / 2, 4999, 2 ** 25 + 4999]]);
  });

  it('replaces an existing file, and leaves nothing else behind', async () => {
    const place = join(folder, 'again');
    mkdirSync(place);
    const path = join(place, 't.csv');
    writeFileSync(path, 'old');
    await writeColumns(path, [{ name: 'a', values: ['new'] }]);
    expect(readFileSync(path, 'utf8')).toBe('a\nnew\n');
    expect(readdirSync(place)).toEqual(['t.csv']);
  });
});

describe('an output path is refused', () => {
  it.each([
    [
      'of another format',
      't.xlsx',
      'usage',
      'expected a name that ends in .csv, .json, .parquet, got "t.xlsx".',
    ],
    [
      'without an extension',
      'table',
      'usage',
      'expected a name that ends in .csv, .json, .parquet, got "table".',
    ],
    [
      'in a folder that is not there',
      'none/t.csv',
      'failed',
      'expected a file that can be written, got ENOENT: no such file or directory.',
    ],
    ['that is a folder', 'folder.csv', 'failed', 'expected a file to write, got a folder.'],
  ])('%s', async (_, name, code, message) => {
    mkdirSync(join(folder, 'folder.csv'), { recursive: true });
    const path = join(folder, name);
    const before = readdirSync(folder);
    const refusal = { code, message: `${path}: ${message}` };
    await expect(checkOutput(path)).rejects.toMatchObject(refusal);
    await expect(writeColumns(path, COLUMNS)).rejects.toMatchObject(refusal);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('numbers of a table', () => {
  const HARD = [
    ...[1700000012.34, -1700000012.34, 900000600.4567004, 5_800_000.125, 0.1, 1 / 3, Math.fround(0.1)],
    ...[
      1700000000,
      1,
      -1,
      0,
      -0,
      2 ** 53,
      2 ** 53 - 1,
      123456789012345680000,
      1e21,
      1e22,
      1e23,
      1e-5,
      2.5e-7,
    ],
    ...[Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022, Number.EPSILON, 1 - Number.EPSILON / 2],
    ...Array.from(
      { length: 5000 },
      (_, i) => (1.7e9 + Math.sin(i) * 10 ** ((i % 40) - 20)) * (i % 2 ? 1 : -1),
    ),
    ...Array.from({ length: 5000 }, (_, i) => Math.sin(i) * 10 ** ((i % 600) - 300)),
  ];
  const columns: OutputColumn[] = [
    { name: 'y', values: Float64Array.from(HARD) },
    { name: 'source_row', values: Uint32Array.from(HARD.keys()) },
  ];
  const same = (got: number[]) =>
    got.flatMap((value, i) => (Object.is(value, HARD[i]) ? [] : [[value, HARD[i]]]));

  it.each(['csv', 'json'])('read back as the same float64 from %s', async format => {
    const path = join(folder, `hard.${format}`);
    await writeColumns(path, columns);
    const text = readFileSync(path, 'utf8');
    const cells =
      format === 'csv'
        ? text
            .trim()
            .split('\n')
            .slice(1)
            .map(line => line.split(','))
        : [...text.matchAll(/"y":([^,]*),"source_row":([^}]*)/g)].map(([, y, row]) => [y!, row!]);
    expect(cells).toHaveLength(HARD.length);
    expect(same(cells.map(([y]) => Number(y)))).toEqual([]);
    expect(cells.map(([, row]) => row)).toEqual(HARD.map((_, i) => String(i)));
  });

  it('are DOUBLE in Parquet, and row numbers are integers', async () => {
    const path = join(folder, 'hard.parquet');
    await writeColumns(path, columns);
    const [values, types] = await withDuckDB(async connection => {
      const read = await connection.runAndReadAll(`SELECT y FROM read_parquet('${path}')`);
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
      return [read.getRows().map(([y]) => y as number), described.getRows().map(([, type]) => type)];
    });
    expect(same(values)).toEqual([]);
    expect(types).toEqual(['DOUBLE', 'UINTEGER']);
  });
});

describe('names that differ only in case', () => {
  const kept = { spelling: 'text', types: ['BIGINT', 'VARCHAR'] } as const;
  const columns: OutputColumn[] = [
    { name: 'id', values: ['1', '2'], ...kept, types: [...kept.types] },
    { name: 'ID', values: ['x', 'y'], ...kept, types: [...kept.types] },
    { name: 'A', values: Float64Array.of(0.5, 1.5) },
    { name: 'a', values: Float64Array.of(2.5, 3.5) },
  ];

  it.each(['csv', 'json', 'parquet'])('get a number in .%s', async extension => {
    const path = join(folder, `capitals.${extension}`);
    await writeColumns(path, columns);
    const rows = await withDuckDB(async connection => {
      const from = extension === 'csv' ? `read_csv('${path}', header = true)` : `'${path}'`;
      return (await connection.runAndReadAll(`SELECT * FROM ${from}`)).getRowObjects();
    });
    expect(rows).toEqual([
      { id: 1n, ID_2: 'x', A: 0.5, a_2: 2.5 },
      { id: 2n, ID_2: 'y', A: 1.5, a_2: 3.5 },
    ]);
  });
});
