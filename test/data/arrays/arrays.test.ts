import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseLiteral } from '../../../src/data/arrays/literal.js';
import { unpackLz4 } from '../../../src/data/arrays/lz4.js';
import { readTyped } from '../../../src/data/arrays/read.js';
import type { TypedTable } from '../../../src/data/arrays/typed.js';
import { loadData } from '../../../src/data/load.js';
import { loadWith } from '../../../src/data/load-with.js';
import { halfToNumber } from '../../../src/float32.js';
import { loadOptions, loadTrain, loadWithOptions, makeFolder, refusal } from '../files.js';

/** Written by NumPy, PyArrow, pandas and scikit-learn: scripts/oracles/array_fixtures.py. */
const FIXTURES = fileURLToPath(new URL('../../../../test/fixtures/arrays', import.meta.url));
const fixture = (name: string) => join(FIXTURES, name);
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as Record<string, unknown[][]>;

const folder = makeFolder();

/** Cells of a table as texts, row by row, as DuckDB prints them. */
async function cellsOf(path: string, format: 'npy' | 'npz' | 'arrow' | 'libsvm', wanted: string[] = []) {
  const { Scratch } = await import('../../../src/data/spool/scratch.js');
  const { writeParquet } = await import('../../../src/data/arrays/parquet.js');
  const { withDuckDB } = await import('../../../src/data/table/duckdb.js');
  const table: TypedTable = await readTyped(format, path, { shown: path, wanted });
  const scratch = await Scratch.create();
  try {
    const paths = await writeParquet(table, scratch, path);
    const from = `read_parquet([${paths.map(one => `'${one}'`).join(', ')}])`;
    return await withDuckDB(async connection => {
      const result = await connection.runAndReadAll(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ${from}`);
      return {
        names: result.columnNames(),
        rows: result.getRows() as (string | null)[][],
        notes: table.notes,
      };
    });
  } finally {
    scratch.dispose();
  }
}

describe('NPY is read', () => {
  const names = Object.keys(expected).filter(name => name.endsWith('.npy'));
  it.each(names)('%s', async name => {
    const { rows } = await cellsOf(fixture(name), 'npy');
    const wanted = expected[name]!;
    const read = rows.map((row, i) =>
      row.map((cell, j) => {
        if (typeof wanted[i]![j] === 'string') return cell;
        return cell === 'true' ? 1 : cell === 'false' ? 0 : Number(cell);
      }),
    );
    expect(read).toEqual(wanted);
  });

  it('with numbered names, or the field names of a structured type', async () => {
    expect((await cellsOf(fixture('fortran.npy'), 'npy')).names).toEqual(['x0', 'x1', 'x2']);
    expect((await cellsOf(fixture('records.npy'), 'npy')).names).toEqual(['id', 'size', 'town']);
  });

  it('with every half-precision value', () => {
    expect([0x0000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x3555].map(halfToNumber)).toEqual([
      ...[0, 1, -2, 65_504, 2 ** -24, Number.POSITIVE_INFINITY, 0.333251953125],
    ]);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });

  it.each([
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }  \n",
      { descr: '<f8', fortran_order: false, shape: [3, 2] },
    ],
    [
      "{'descr': [('it\\'s', '<i8'), ('b', '|u1')], 'shape': (4L,)}",
      {
        descr: [
          ["it's", '<i8'],
          ['b', '|u1'],
        ],
        shape: [4],
      },
    ],
    ["{'a': (1,", null],
    ["__import__('os')", null],
    ['', null],
  ])('with the header %j', (text, value) => {
    expect(parseLiteral(text)).toEqual(value);
  });
});

describe('NPY and NPZ are refused', () => {
  const npy = readFileSync(fixture('fortran.npy'));

  it('with Python objects', async () => {
    expect((await refusal(loadTrain(fixture('objects.npy')), folder)).message).toMatch(
      /holds Python objects \(dtype object\), which are never loaded/,
    );
  });

  it.each([
    [
      'cut',
      npy.subarray(0, npy.length - 4),
      /^cut.npy is an NPY file and damaged, or was cut short: its header says 48 bytes of data, and 44 are there\.$/,
    ],
    ['long', Buffer.concat([npy, npy]), /its header says 48 bytes of data, and 224 are there/],
    ['headless', npy.subarray(0, 20), /it ends within its header/],
    ['other', Buffer.from('no array at all'), /its beginning is wrong/],
    [
      'complex',
      Buffer.from(npy.toString('latin1').replace('<f4', '<c8'), 'latin1'),
      /NumPy's type "<c8", which can't be read/,
    ],
  ])('%s', async (name, contents, message) => {
    const path = folder.writePlain(`${name}.npy`, contents);
    expect((await refusal(loadTrain(path, { target: ['x0'] }), folder)).message).toMatch(message);
  });

  it('without data', async () => {
    const empty = Buffer.from(npy.toString('latin1').replace('(4, 3)', '(4, 0)'), 'latin1').subarray(0, 128);
    expect((await refusal(loadTrain(folder.writePlain('empty.npy', empty)), folder)).message).toBe(
      'empty.npy holds no data: its shape is (4, 0), and an element takes 4 bytes.',
    );
  });

  it('if arrays have different lengths, or contain training and test rows', async () => {
    expect((await refusal(loadTrain(fixture('lengths.npz')), folder)).message).toMatch(
      /arrays of different lengths, so they are no columns of one table: x 6, y 5\.$/,
    );
    expect((await refusal(loadTrain(fixture('parts.npz')), folder)).message).toMatch(
      /holds both rows to train on \("x_train"\) and rows to test on \("x_test"\)/,
    );
  });

  it('NPZ with a byte changed', async () => {
    const bytes = readFileSync(fixture('xy-packed.npz'));
    bytes[70]! ^= 1;
    const refused = await refusal(loadTrain(folder.writePlain('wrong.npz', bytes)), folder);
    expect(refused).toMatchObject({ code: 'failed' });
    expect(refused.message).toMatch(/^wrong.npz is an .npz file and damaged/);
  });
});

describe('NPZ is read', () => {
  it('with features and targets by their usual names', async () => {
    const { names, rows } = await cellsOf(fixture('xy.npz'), 'npz');
    expect(names).toEqual(['x0', 'x1', 'x2', 'y']);
    expect(rows.map(row => row.map((cell, j) => (j < 3 ? Number(cell) : cell)))).toEqual(expected['xy.npz']);
    expect((await cellsOf(fixture('xy-packed.npz'), 'npz')).names).toEqual(['x0', 'x1', 'x2', 'y', 'weight']);
    expect((await cellsOf(fixture('positional.npz'), 'npz')).names).toEqual(['x0', 'x1', 'x2', 'y']);
  });

  it('with exact integers beyond 2⁵³', async () => {
    const { rows } = await cellsOf(fixture('positional.npz'), 'npz');
    expect(rows.slice(0, 2).map(row => row[3])).toEqual(['9007199254740992', '9007199254740993']);
  });

  it('so that a network trained on it accepts an NPY with the same features', async () => {
    const { train } = await loadData(fixture('xy.npz'), loadOptions());
    const rows = await loadWith(
      fixture('fortran.npy'),
      train.encoding,
      train.task,
      loadWithOptions({ requireTargets: false }),
    );
    expect([rows.rows, rows.features]).toEqual([4, 3]);
  });
});

describe('Arrow is read', () => {
  const NAMES =
    'i8 u64 i64 f16 f32 f64 flag text large dictionary money cents day time zoned nothing y'.split(' ');
  const FIRST = [
    '1',
    '18446744073709551615',
    '9007199254740993',
    '0.5',
    '0.1',
    '0.1',
    'true',
    ...Array(3).fill('Graz'),
  ];
  const SECOND = [
    '-2',
    '9007199254740993',
    '-9223372036854775808',
    '1.0',
    null,
    '1e+300',
    'false',
    null,
    null,
    null,
  ];
  const TIMES = [
    ['12345678901234567.89', '1.10', '1970-01-01', '1970-01-01 00:00:00', '1970-01-01 00:00:00', null, '1.5'],
    [null, '-2.00', '1970-01-02', '1970-01-01 00:00:01.5', '1970-01-01 00:00:01.5', null, '2.5'],
  ];

  it.each(['uncompressed.feather', 'lz4.feather', 'zstd.feather', 'stream.arrows'])('%s', async name => {
    const { names, rows, notes } = await cellsOf(fixture(name), 'arrow');
    expect(names).toEqual(NAMES);
    expect(rows.slice(0, 2)).toEqual([
      [...FIRST, ...TIMES[0]!],
      [...SECOND, ...TIMES[1]!],
    ]);
    expect(rows.map(row => row[9])).toEqual(['Graz', null, 'Köln', 'Graz', '東京', 'Köln']);
    expect(rows.map(row => row[2])).toEqual([
      '9007199254740993',
      '-9223372036854775808',
      '9007199254740992',
      '3',
      '4',
      '5',
    ]);
    expect(notes.map(note => note.replace(/^.*column /, ''))).toEqual([
      expect.stringMatching(/^"list" is left out: its type is List/),
      expect.stringMatching(/^"struct" is left out: its type is Struct/),
    ]);
  });

  it.each(['many-lz4.feather', 'many-zstd.feather'])('%s, of several blocks and batches', async name => {
    const { rows } = await cellsOf(fixture(name), 'arrow');
    const wanted = Array.from({ length: 30_000 }, (_, i) => [
      ...[String(Math.floor(i / 100) * 2 ** 40), String(i % 7), 'abc'[i % 3]!],
    ]);
    expect(rows).toEqual(wanted);
  });

  it('by its first bytes, whatever its name', async () => {
    const path = folder.writePlain('download', readFileSync(fixture('many-lz4.feather')));
    expect((await loadTrain(path)).rows).toBe(30_000);
  });

  it('with a query', async () => {
    const query = 'SELECT i64 % 2 AS odd, y FROM data WHERE i64 > 2';
    const data = await loadTrain(fixture('zstd.feather'), { query });
    expect([data.rows, [...data.y]]).toEqual([5, [1.5, 3.5, 4.5, 5.5, 6.5]]);
  });
});

describe('Arrow is refused', () => {
  it('if a requested column is left out, which a note says', async () => {
    const refused = await refusal(loadTrain(fixture('lz4.feather'), { features: ['list'] }), folder);
    expect(refused.message).toMatch(/"list"/);
    expect(refused.hint).toMatch(/column "list" is left out: its type is List/);
  });

  it.each(['lz4.feather', 'zstd.feather', 'stream.arrows'])('%s that was truncated', async name => {
    const whole = readFileSync(fixture(name));
    for (const part of [0.2, 0.5, 0.9]) {
      const cut = folder.writePlain(name, whole.subarray(0, Math.floor(part * whole.length)));
      expect((await refusal(loadTrain(cut), folder)).message).toMatch(/cut short|damaged/);
    }
  });

  it('Feather version 1, with advice', async () => {
    expect(await refusal(loadTrain(fixture('version-1.feather')), folder)).toMatchObject({
      hint: 'Write it anew: df.to_feather(path), with a pandas of today.',
    });
  });

  it('LZ4 that refers to missing bytes', () => {
    const header = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0];
    const frame = (block: number[]) =>
      Uint8Array.from([...header, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
    expect(unpackLz4(frame([0x10, 7, 1, 0, 0x00]), 5)).toEqual(Uint8Array.from([7, 7, 7, 7, 7]));
    expect(() => unpackLz4(frame([0x10, 7, 2, 0, 0x00]), 5)).toThrow(RangeError);
    expect(() => unpackLz4(frame([0x10, 7, 1, 0, 0x00]), 6)).toThrow(RangeError);
    expect(() => unpackLz4(frame([0xf0, 255, 255]), 6)).toThrow(RangeError);
    expect(() => unpackLz4(Uint8Array.from(header), 0)).toThrow(RangeError);
  });
});

describe('libsvm is read', () => {
  it.each([0, 1])('counted from %i', async base => {
    const name = `base-${base}.libsvm`;
    const { names, rows, notes } = await cellsOf(fixture(name), 'libsvm');
    expect(names).toEqual(['y', ...[0, 1, 2, 3].map(j => `x${j + base}`)]);
    expect(rows.map(row => row.map(Number))).toEqual(expected[name]);
    expect(notes[0]).toMatch(
      new RegExp(`counts its features from ${base}: they are x${base} to x${base + 3}\\.$`),
    );
  });

  it('with qid, comments, blank lines and labels that are not integers', async () => {
    const path = folder.write('odd.libsvm', '# a comment\n\n0.5 qid:1 2:1 # one\r\n-1e-3 qid:1 1:-2.5\n');
    const { rows, notes } = await cellsOf(path, 'libsvm');
    expect(rows.map(row => row.map(Number))).toEqual([
      [0.5, 0, 1],
      [-0.001, -2.5, 0],
    ]);
    expect(notes[1]).toMatch(/has qid: pairs, which are left out/);
  });

  it('for a network with features that it omits', async () => {
    const { train } = await loadData(fixture('base-1.libsvm'), loadOptions());
    const path = folder.write('short.libsvm', '0 2:1\n0 9:5\n');
    const rows = await loadWith(path, train.encoding, train.task, loadWithOptions({ requireTargets: false }));
    expect([rows.rows, rows.features]).toEqual([2, 4]);
  });

  it('not for a network with another index base', async () => {
    const { train } = await loadData(fixture('base-1.libsvm'), loadOptions());
    const loading = loadWith(fixture('base-0.libsvm'), train.encoding, train.task, loadWithOptions());
    expect((await refusal(loading, folder)).message).toMatch(/counts features from 0/);
  });

  it.each([
    ['several labels', '1,3 1:2\n', /line 1: a row with several labels, 1,3, can't be read/],
    ['no label', '1 1:2\n1:2 3:4\n', /line 2: expected a label, .* got "1:2"/],
    [
      'indices out of order',
      '1 3:2 2:1\n',
      /line 1: expected an index above 3, as they are in order; got "2:1"/,
    ],
    ['an index twice', '1 3:2 3:1\n', /expected an index above 3/],
    ['no number', '1 3:x\n', /expected an index:value pair, such as 7:0.5; got "3:x"/],
    ['too many features', '1 3:1 1355191:1\n', /features up to number 1,355,191: more than the 20,000/],
    ['nothing', '# rows follow\n', /holds no rows/],
  ])('not with %s', async (_, text, message) => {
    expect((await refusal(loadTrain(folder.write('wrong.libsvm', text)), folder)).message).toMatch(message);
  });
});

it.each(['columns', 'index', 'split', 'values', 'table'])(
  'JSON by pandas with orient="%s" is refused',
  async orient => {
    const refused = await refusal(loadTrain(fixture(`pandas-${orient}.json`)), folder);
    expect(refused.message).toMatch(/as pandas writes it with orient="\w+"; rows are expected\.$/);
  },
);

it('reads JSON written by pandas with orient="records"', async () => {
  expect((await loadTrain(fixture('pandas-records.json'))).rows).toBe(4);
});
