/** Rows for a trained network in blocks: the same rows as in one piece, for every size of a block and every kind of file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { loadData } from '../../src/data/load.js';
import { loadBlocksWith } from '../../src/data/load-blocks.js';
import type { LoadWithOptions } from '../../src/data/load-options.js';
import { loadWith } from '../../src/data/load-with.js';
import { readRows } from '../../src/data/rows.js';
import { writeTable } from '../../src/data/write-table.js';
import { idx, makeFolder } from './files.js';

const folder = makeFolder();
const at = (name: string) => join(folder.path, name);

/** More than two of DuckDB's chunks of 2048 rows. */
const ROWS = 5000;
const CELLS = Array.from({ length: ROWS }, (_, i) => ({
  a: i % 7 === 3 ? '' : String((i * 37) % 1000),
  b: i < 3000 ? String(i / 8) : `${i}.50000000000`,
  town: ['Graz', 'Köln', '"Bonn, Rhine"', '"two\nlines"'][i % 4]!,
  y: String(i % 3),
}));

function csv(rows: typeof CELLS, names = 'a,b,town,y'): string {
  const cell = (row: (typeof CELLS)[number], name: string) => row[name as keyof typeof row];
  const lines = rows.map(row =>
    names
      .split(',')
      .map(name => cell(row, name))
      .join(','),
  );
  return `${[names, ...lines].join('\n')}\n`;
}

const json = (rows: typeof CELLS) =>
  rows.map(({ a, b, town, y }) =>
    JSON.stringify({ ...(a && { a: Number(a) }), b: Number(b), town: town.replaceAll('"', ''), y }),
  );

async function makeFiles(): Promise<void> {
  writeFileSync(at('t.csv'), csv(CELLS));
  writeFileSync(at('t.ndjson'), json(CELLS).join('\n'));
  writeFileSync(at('t.json'), `[${json(CELLS).join(',\n')}]`);
  mkdirSync(at('several'), { recursive: true });
  writeFileSync(join(at('several'), '1.csv'), csv(CELLS.slice(0, 2100)));
  writeFileSync(join(at('several'), '2.csv'), csv(CELLS.slice(2100, 2103), 'y,town,b,a'));
  writeFileSync(join(at('several'), '3.csv'), csv(CELLS.slice(2103)));
  const numbers = (name: 'a' | 'b') =>
    Float64Array.from(CELLS, row => (row[name] === '' ? Number.NaN : Number(row[name])));
  await writeTable(at('t.parquet'), add =>
    add([
      { name: 'a', values: numbers('a') },
      { name: 'b', values: numbers('b') },
      { name: 'town', values: CELLS.map(({ town }) => town.replaceAll('"', '')) },
      { name: 'y', values: CELLS.map(({ y }) => y) },
    ]),
  );
}

/** Everything of the blocks in one: inputs, targets and numbers of rows. */
async function inBlocks(source: string, { encoding, task }: Dataset, options: LoadWithOptions, size: number) {
  const blocks: Dataset[] = [];
  await loadBlocksWith(source, encoding, task, options, {
    size,
    visit: async block => {
      blocks.push({ ...block, y: block.y.slice() });
      inputs.push(...readRows(block.x));
    },
  });
  return blocks;
}
let inputs: number[] = [];

const OPTIONS: LoadWithOptions = { requireTargets: true, keep: ['town'] };

describe('blocks of rows', async () => {
  await makeFiles();
  const { train } = await loadData(at('t.csv'), { target: ['y'], missing: 'mean', naValues: [] });

  it.each(
    ['t.csv', 't.ndjson', 't.json', 't.parquet', 'several'].flatMap(name =>
      [700, 4999, 9000].map(size => [name, size] as const),
    ),
  )(
    'of %s are the rows of the file if they have at most %d',
    async (name, size) => {
      inputs = [];
      const blocks = await inBlocks(at(name), train, OPTIONS, size);
      const whole = await loadWith(at(name), train.encoding, train.task, OPTIONS);
      expect(blocks.map(({ rows }) => rows)).toEqual(
        Array.from({ length: Math.ceil(ROWS / size) }, (_, i) => Math.min(size, ROWS - i * size)),
      );
      expect(inputs).toEqual([...readRows(whole.x)]);
      expect(blocks.flatMap(({ y }) => [...y])).toEqual([...whole.y]);
      expect(blocks.flatMap(({ kept }) => kept![0]!.values)).toEqual(whole.kept![0]!.values);
    },
    60_000,
  );

  it('have the numbers of the rows that were not left out', async () => {
    const { train: plain } = await loadData(at('t.csv'), { target: ['y'], missing: 'drop' });
    const options = { ...OPTIONS, dropIncomplete: true };
    inputs = [];
    const blocks = await inBlocks(at('t.csv'), plain, options, 300);
    const whole = await loadWith(at('t.csv'), plain.encoding, plain.task, options);
    expect(blocks.flatMap(({ rowNumbers }) => [...rowNumbers!])).toEqual([...whole.rowNumbers!]);
    expect(inputs).toEqual([...readRows(whole.x)]);
  });

  it('are skipped if all their rows are incomplete, unless all rows are', async () => {
    const { train: plain } = await loadData(at('t.csv'), { target: ['y'], missing: 'drop' });
    const options = { ...OPTIONS, keep: [], dropIncomplete: true };
    writeFileSync(
      at('gap.csv'),
      csv([...CELLS.slice(0, 3), ...Array(7).fill(CELLS[3]), ...CELLS.slice(0, 2)]),
    );
    expect((await inBlocks(at('gap.csv'), plain, options, 3)).map(({ rows }) => rows)).toEqual([3, 2]);
    writeFileSync(at('none.csv'), csv(Array(7).fill(CELLS[3])));
    await expect(inBlocks(at('none.csv'), plain, options, 3)).rejects.toThrow(
      'each of its 7 rows has a missing cell',
    );
  });

  it.each([
    ['a cell that is no number', 3210, 'b', 'x', 'row 3,211, column "b"'],
    ['a category that training lacks', 4100, 'town', 'Rom', 'row 4,101, column "town"'],
    ['a class that training lacks', 17, 'y', '9', 'row 18, column "y"'],
  ])('name the row of %s in the file', async (_, row, column, text, where) => {
    const rows = CELLS.map((cells, i) => (i === row ? { ...cells, [column]: text } : cells));
    writeFileSync(at('bad.csv'), csv(rows));
    writeFileSync(
      at('bad.ndjson'),
      json(rows.map(one => ({ ...one, b: one.b === 'x' ? '1' : one.b }))).join('\n'),
    );
    for (const size of [512, 2048])
      await expect(inBlocks(at('bad.csv'), train, OPTIONS, size)).rejects.toThrow(where);
    if (column !== 'b') await expect(inBlocks(at('bad.ndjson'), train, OPTIONS, 512)).rejects.toThrow(where);
  });

  it('agree on the unit of a column', async () => {
    writeFileSync(
      at('unit.csv'),
      `w,y\n${Array.from({ length: 20 }, (_, i) => `${i} kg,${i % 2}`).join('\n')}\n`,
    );
    writeFileSync(at('units.csv'), `w,y\n1 kg,0\n2,0\n3,1\n4 g,1\n`);
    const { train: weighed } = await loadData(at('unit.csv'), {
      target: ['y'],
      numeric: ['w'],
      task: 'binary',
    });
    await expect(inBlocks(at('units.csv'), weighed, { requireTargets: true }, 1)).rejects.toThrow(
      'units.csv, row 4, column "w": expected a number with the same unit as "1 kg" in row 1',
    );
  });

  it('of images are ranges of their file', async () => {
    const pixels = Uint8Array.from({ length: 10 * 6 }, (_, i) => (i * 31) % 251);
    writeFileSync(at('train-images-idx3-ubyte'), idx([10, 2, 3], pixels));
    writeFileSync(
      at('train-labels-idx1-ubyte'),
      idx(
        [10],
        Uint8Array.from({ length: 10 }, (_, i) => i % 3),
      ),
    );
    const images = await loadData(at('train-images-idx3-ubyte'), {});
    inputs = [];
    const options = { requireTargets: true, width: 6 };
    const blocks = await inBlocks(at('train-images-idx3-ubyte'), images.train, options, 4);
    expect(blocks.map(({ rows, firstRow }) => [rows, firstRow])).toEqual([
      [4, 0],
      [4, 4],
      [2, 8],
    ]);
    expect(inputs).toEqual([...pixels]);
    expect(blocks.flatMap(({ y }) => [...y])).toEqual([...images.train.y]);
  });
});
