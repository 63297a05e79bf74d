/** Kept columns: from a file of each format, through loadWith, to a file of each format. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Encoding } from '../../src/data/dataset.js';
import { loadWith } from '../../src/data/load-with.js';
import { readInputs } from '../../src/data/rows.js';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { writeTable } from '../../src/data/write-table.js';
import { spelledOut } from '../datasets.js';
import { loadTrain, loadWithOptions, makeFolder, refusal } from './files.js';

const folder = makeFolder();
const learnt = folder.table('learnt.csv', [
  ['a', 'b', 'colour', 'y'],
  ...[0, 1, 2, 3].map(i => [i, i % 2 ? 'yes' : 'no', ['red', 'green'][i % 2]!, i % 2 ? 'up' : 'down']),
]);
const learning = loadTrain(learnt, { target: ['y'], scale: 'none' });

type Options = Parameters<typeof loadWithOptions>[0];

async function load(source: string, keep: string[], options: Options = {}) {
  const { encoding } = await learning;
  return loadWith(source, encoding, 'binary', loadWithOptions({ requireTargets: false, keep, ...options }));
}

/** The kept columns as a file of a format contains them. */
async function written(source: string, keep: string[], extension: string, options: Options = {}) {
  const { kept } = await load(source, keep, options);
  const path = join(folder.path, `out${extension}`);
  await writeTable(path, add => add(kept!));
  return path;
}

const lines = async (source: string, keep: string[], options: Options = {}) =>
  readFileSync(await written(source, keep, '.csv', options), 'utf8');
const objects = async (source: string, keep: string[], options: Options = {}) =>
  JSON.parse(readFileSync(await written(source, keep, '.json', options), 'utf8'));
async function types(source: string, keep: string[], options: Options = {}) {
  const path = await written(source, keep, '.parquet', options);
  return query(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet('${path}'))`);
}
function query(sql: string): Promise<unknown[][]> {
  return withDuckDB(async connection => (await connection.runAndReadAll(sql)).getRowsJson());
}

describe('of CSV', () => {
  const HEAD = 'id,n,big,name,when,iso,price,flag,a,b,colour';
  const CELLS = `007,1,12345678901234567890,"Ann ""A"", é",01/02/2024,2024-02-01,12.50,Yes,0,no,red
010,20,98765432109876543210,"two
lines",13/02/2024,,0.10,no,1,yes,green
1,-3,1,'q',01/01/2024,2024-12-31,3,No,2,no,red
`;
  const source = folder.write('cells.csv', `${HEAD}\n${CELLS}`);
  const all = HEAD.split(',');

  it('copies all cells to CSV unchanged', async () => {
    expect(await lines(source, all)).toBe(`${HEAD}\n${CELLS}`);
  });

  it('writes cells to JSON as numbers or booleans if that preserves their spelling, otherwise as texts', async () => {
    const [first, second] = await objects(source, all);
    expect(first).toEqual({
      id: '007',
      n: 1,
      big: '12345678901234567890',
      name: 'Ann "A", é',
      when: '01/02/2024',
      iso: '2024-02-01',
      price: 12.5,
      flag: 'Yes',
      a: 0,
      b: 'no',
      colour: 'red',
    });
    expect(second).toMatchObject({ name: 'two\nlines', iso: null, price: 0.1 });
  });

  it('writes columns to Parquet with types that preserve the spelling of each cell', async () => {
    const dates = folder.table('dates.csv', [
      ['id', 'iso', 'flag', 'price', 'a', 'b', 'colour'],
      ['1', '2024-02-01', 'true', '1.5', 0, 'no', 'red'],
      ['2', '', 'false', '2', 1, 'yes', 'red'],
    ]);
    expect(await types(dates, ['id', 'iso', 'flag', 'price', 'colour'])).toEqual([
      ...[
        ['id', 'BIGINT'],
        ['iso', 'DATE'],
        ['flag', 'BOOLEAN'],
        ['price', 'DOUBLE'],
      ],
      ['colour', 'VARCHAR'],
    ]);
    expect((await types(source, all)).filter(([, type]) => type === 'VARCHAR').map(([name]) => name)).toEqual(
      ['id', 'big', 'name', 'when', 'flag', 'b', 'colour'],
    );
  });

  it('what was learnt from is learnt from as without', async () => {
    const { kept: _, ...kept } = spelledOut(await load(source, all));
    expect(kept).toEqual(spelledOut(await load(source, [])));
  });

  it('keeps a fraction far down a column that starts with integers, and learns from it', async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => [i < 29_999 ? i : '0.5', 'no', 'red']);
    const late = folder.table('late.csv', [['a', 'b', 'colour'], ...many]);
    const { kept, ...data } = await load(late, ['a']);
    const x = readInputs(data);
    expect([x.at(-4), kept![0]!.values.at(-1)]).toEqual([0.5, '0.5']);
    expect(readInputs(await load(late, []))).toEqual(x);
    expect(readInputs(await load(late, [], { query: 'SELECT * FROM data' }))).toEqual(x);
    const lines = many.map(([a]) => JSON.stringify({ a: Number(a), b: false, colour: 'red' }));
    expect(readInputs(await load(folder.write('late.ndjson', lines.join('\n')), []))).toEqual(x);
  });

  it('numbers the columns of a file without names', async () => {
    const { encoding } = await learning;
    const numbered: Encoding = {
      ...encoding,
      columns: encoding.columns.map((column, i) => ({ ...column, name: `column${i + 1}` })),
    };
    const rows = Array.from({ length: 12 }, (_, i) => [`0${i}`, i, 'no', 'red', ...Array(9).fill(i)]);
    const path = folder.table('bare.csv', rows);
    const options = loadWithOptions({ requireTargets: false, header: false, keep: ['column0', 'column12'] });
    const { kept } = await loadWith(path, numbered, 'binary', options);
    expect(kept!.map(({ values }) => values[11])).toEqual(['011', '11']);
  });
});

describe('of JSON', () => {
  const ROWS = [
    {
      id: '007',
      n: 1,
      big: 12345,
      when: '2024-02-01T10:00:00Z',
      day: '2024-02-01',
      price: 1.5,
      tags: ['a, b', 'c'],
      of: { when: '2024-02-01T10:00:00Z', x: 0.5 },
      mixed: 'x',
      empty: null,
      a: 0,
      b: false,
      colour: 'red',
    },
    {
      id: '8',
      n: -2,
      big: 2,
      when: '2024-02-03T10:00:00Z',
      day: null,
      price: 2,
      tags: [],
      of: null,
      mixed: 7,
      empty: null,
      a: 1,
      b: true,
      colour: 'green',
    },
  ];
  const HUGE = '123456789012345678901234567890';
  const text = JSON.stringify(ROWS).replace('12345', HUGE);
  const source = folder.write('cells.json', text);
  const all = Object.keys(ROWS[0]!);

  it('copies all values to JSON unchanged', async () => {
    expect(await objects(source, all)).toEqual(JSON.parse(text));
    const path = await written(source, ['big'], '.json');
    expect(readFileSync(path, 'utf8')).toContain(`"big":${HUGE}`);
  });

  it('writes texts to CSV without JSON quotes', async () => {
    expect(await lines(source, ['id', 'big', 'when', 'mixed', 'tags', 'empty'])).toBe(
      `id,big,when,mixed,tags,empty\n007,${HUGE},2024-02-01T10:00:00Z,x,"[""a, b"",""c""]",\n8,2,2024-02-03T10:00:00Z,7,[],\n`,
    );
  });

  it('writes numbers and dates to Parquet with their types', async () => {
    const kept = ['id', 'n', 'day', 'when', 'price', 'of'];
    expect(await types(source, kept)).toEqual([
      ...[
        ['id', 'VARCHAR'],
        ['n', 'BIGINT'],
        ['day', 'DATE'],
        ['when', 'VARCHAR'],
        ['price', 'DOUBLE'],
      ],
      ['of', 'JSON'],
    ]);
  });

  it('what was learnt from is learnt from as without', async () => {
    const { kept: _, ...kept } = spelledOut(await load(source, all));
    expect(kept).toEqual(spelledOut(await load(source, [])));
  });
});

describe('of Parquet and queries, types are preserved', () => {
  const VALUES = {
    whole: `${2n ** 64n - 1n}::UBIGINT`,
    huge: '170141183460469231731687303715884105::HUGEINT',
    exact: '12345678901234567890.12::DECIMAL(38,2)',
    half: '0.1::FLOAT',
    never: `'nan'::DOUBLE`,
    day: `DATE '2024-02-01'`,
    moment: `TIMESTAMP '2024-02-01 10:00:00.123456'`,
    zoned: `TIMESTAMPTZ '2024-02-01 10:00:00+02'`,
    bytes: `'\\x00\\xFF'::BLOB`,
    list: `['a, b', NULL, '', 'it''s']`,
    vector: `[1.5, 'nan'::DOUBLE]`,
    record: `{'a b': 1, 'c': DATE '2024-02-01'}`,
    empty: `''`,
    nothing: 'NULL::INTEGER',
  };
  const select = Object.entries(VALUES).map(([name, sql]) => `${sql} AS "${name}"`);
  const sql = `SELECT ${select.join(', ')}, 0 AS a, false AS b, 'red' AS colour FROM data`;
  const source = folder.table('one.csv', [['z'], [1]]);
  const names = Object.keys(VALUES);

  it('in Parquet, where 128-bit integers are decimals', async () => {
    const path = await written(source, names, '.parquet', { query: sql });
    const there = `(SELECT ${select.join(', ').replace('HUGEINT', 'DECIMAL(38,0)')})`;
    const typed = (from: string) => query(`DESCRIBE SELECT * FROM ${from}`);
    expect(await typed(`read_parquet('${path}')`)).toEqual(await typed(there));
    expect(await query(`SELECT * FROM read_parquet('${path}')`)).toEqual(await query(`FROM ${there}`));
    // Once more, from that file.
    const again = join(folder.path, 'again.parquet');
    await query(
      `COPY (SELECT *, 0 AS a, false AS b, 'red' AS colour FROM read_parquet('${path}')) TO '${again}'`,
    );
    const second = await written(again, names, '.parquet');
    expect(await query(`SELECT * FROM read_parquet('${second}')`)).toEqual(await query(`FROM ${there}`));
  });

  it('in JSON, as far as it can represent them', async () => {
    const [row] = await objects(source, names, { query: sql });
    expect(row).toMatchObject({
      half: Math.fround(0.1),
      never: null,
      day: '2024-02-01',
      list: ['a, b', null, '', "it's"],
      record: { 'a b': 1, c: '2024-02-01' },
      vector: '[1.5, nan]',
      empty: '',
      nothing: null,
    });
    expect(readFileSync(join(folder.path, 'out.json'), 'utf8')).toContain(`"whole":${2n ** 64n - 1n},`);
  });
});

it('leaves rows out of all columns', async () => {
  const gaps = folder.table('gaps.csv', [
    ['id', 'a', 'b', 'colour'],
    ...[0, 1, 2, 3, 4].map(i => [`0${i}`, i % 2 ? '' : i, 'no', 'red']),
  ]);
  const { rowNumbers, kept } = await load(gaps, ['id'], { dropIncomplete: true });
  expect([rowNumbers, kept![0]!.values]).toEqual([Uint32Array.of(1, 3, 5), ['00', '02', '04']]);
});

describe('a column to keep is refused', () => {
  it.each([
    ['Colour', '--keep: learnt.csv has no column "Colour".', 'Did you mean colour?'],
    ['id', '--keep: learnt.csv has no column "id".', 'It has a, b, colour, y.'],
    ['y,a,y', '--keep: the column "y" is named twice.', 'Leave one out.'],
  ])('if it is %s', async (keep, message, hint) => {
    expect(await refusal(load(learnt, keep.split(',')), folder)).toEqual({ code: 'usage', message, hint });
  });

  it('if the data has no columns', async () => {
    const { code, message } = await refusal(load('synthetic:5x3x2', ['a']), folder);
    expect([code, message]).toEqual(['usage', '--keep is for tables, and synthetic:5x3x2 is none.']);
  });
});

describe('a time with a zone', () => {
  it('is written in UTC, whatever the local zone', async () => {
    const zone = process.env.TZ;
    try {
      for (const place of ['Asia/Tokyo', 'America/New_York']) {
        process.env.TZ = place;
        const source = join(folder.path, 'zones.parquet');
        folder.write('zones.parquet', '');
        const at = "TIMESTAMPTZ '2024-01-31 10:20:00+02'";
        await query(`COPY (SELECT ${at} AS at, 1 AS a, 'no' AS b, 'red' AS colour) TO '${source}'`);
        expect(await lines(source, ['at'])).toBe('at\n2024-01-31 08:20:00+00\n');
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});

describe('a cell that begins with U+FEFF', () => {
  const cells = ['\ufeffbom', `\ufeff${'long '.repeat(5)}`, '\ufeff'];
  const records = cells.map((id, i) => ({ id, a: i, b: 'no', colour: 'red' }));
  const rows = cells.map((id, i) => [id, i, 'no', 'red']);

  it.each([
    ['CSV', folder.table('feff.csv', [['id', 'a', 'b', 'colour'], ...rows])],
    ['JSON', folder.write('feff.json', JSON.stringify(records))],
  ])('is kept as it is from %s', async (_, source) => {
    const { kept } = await load(source, ['id']);
    expect(kept![0]!.values).toEqual(
      cells.map(cell => (source.endsWith('.json') ? JSON.stringify(cell) : cell)),
    );
  });

  it('names its category and class', async () => {
    const source = folder.table('classes.csv', [
      ['a', 'y'],
      ...Array.from({ length: 12 }, (_, i) => [cells[i % 2]!, cells[(i + 1) % 2]!]),
    ]);
    const { encoding } = await loadTrain(source, { target: ['y'] });
    expect(encoding.classes).toEqual([...cells.slice(0, 2)].sort());
    expect(encoding.columns).toMatchObject([{ kind: 'category', values: [...cells.slice(0, 2)].sort() }]);
  });
});
