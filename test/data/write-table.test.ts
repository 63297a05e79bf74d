import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { checkOutput, type OutputColumn, writeTable } from '../../src/data/write-table.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HARD_NAME = `it's "p"`;
const COLUMNS: OutputColumn[] = [
  { name: 'prediction', values: ['cat', 'a "b", c', 'two\nlines'] },
  { name: HARD_NAME, values: Float32Array.of(0.5, 0.1, Number.NaN) },
];

describe('a table', () => {
  it('is written as CSV', async () => {
    const path = join(folder, 't.csv');
    await writeTable(path, COLUMNS);
    expect(readFileSync(path, 'utf8')).toBe(
      'prediction,"it\'s ""p"""\ncat,0.5\n"a ""b"", c",0.1\n"two\nlines",\n',
    );
  });

  it('is written as JSON', async () => {
    const path = join(folder, 't.json');
    await writeTable(path, COLUMNS);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([
      { prediction: 'cat', [HARD_NAME]: 0.5 },
      { prediction: 'a "b", c', [HARD_NAME]: Math.fround(0.1) },
      { prediction: 'two\nlines', [HARD_NAME]: null },
    ]);
  });

  it('of more rows than a chunk holds is written as Parquet', async () => {
    const path = join(folder, 't.PARQUET');
    const values = Float32Array.from({ length: 5000 }, (_, i) => i);
    // Whole numbers beyond those that a float tells apart.
    const row = Uint32Array.from(values, value => 2 ** 25 + value);
    await writeTable(path, [
      { name: 'n', values },
      { name: 'row', values: row },
    ]);
    const sql = `SELECT count(*), sum(n), max(n), max(row) FROM read_parquet('${path}')`;
    const rows = await withDuckDB(async connection => (await connection.runAndReadAll(sql)).getRows());
    expect(rows).toEqual([[5000n, (4999 * 5000) / 2, 4999, 2 ** 25 + 4999]]);
  });

  it('replaces a file that is there, and leaves nothing else behind', async () => {
    const place = join(folder, 'again');
    mkdirSync(place);
    const path = join(place, 't.csv');
    writeFileSync(path, 'old');
    await writeTable(path, [{ name: 'a', values: ['new'] }]);
    expect(readFileSync(path, 'utf8')).toBe('a\nnew\n');
    expect(readdirSync(place)).toEqual(['t.csv']);
  });
});

describe('a place for a table is refused', () => {
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
      'expected a file that can be written, got ENOENT.',
    ],
    ['that is a folder', 'folder.csv', 'failed', 'expected a file to write, got a folder.'],
  ])('%s', async (_, name, code, message) => {
    mkdirSync(join(folder, 'folder.csv'), { recursive: true });
    const path = join(folder, name);
    const before = readdirSync(folder);
    const refusal = { code, message: `${path}: ${message}` };
    await expect(checkOutput(path)).rejects.toMatchObject(refusal);
    await expect(writeTable(path, COLUMNS)).rejects.toMatchObject(refusal);
    expect(readdirSync(folder)).toEqual(before);
  });
});
