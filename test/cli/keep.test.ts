/** predict --keep: which columns are written, in which order, and with the right rows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const csv = async (line: string) => {
  const { code, stdout, stderr } = await run(`${line} --backend wasm`);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim().split('\n');
};

beforeAll(async () => {
  writeKinds(folder, 'kinds.csv', 60);
  const [head, ...rows] = readFileSync(join(folder, 'kinds.csv'), 'utf8').trim().split('\n');
  const named = rows.map(
    (row, i) => `00${i},"no. ${i}, ""x""",${i % 7 === 3 ? row.replace(/^[^,]*/, '') : row}`,
  );
  writeFileSync(join(folder, 'gaps.csv'), `${[`id,name,${head}`, ...named].join('\n')}\n`);
  const whole = named.filter((_, i) => i % 7 !== 3);
  writeFileSync(join(folder, 'part1.csv'), `${[`id,name,${head}`, ...whole.slice(0, 20)].join('\n')}\n`);
  writeFileSync(join(folder, 'part2.csv'), `${[`id,name,${head}`, ...whole.slice(20)].join('\n')}\n`);
  expect((await run('train kinds.csv --target kind --hidden 4 --epochs 2 --out run')).code).toBe(0);
});

const columns = (lines: string[], from: number) => lines.map(line => line.split(',').slice(from).join(','));

it('puts columns before the predictions, in the order of the option, each cell with its row', async () => {
  const bare = await csv('predict run gaps.csv --drop-incomplete');
  const kept = await csv('predict run gaps.csv --drop-incomplete --keep kind,id');
  expect(kept[0]).toBe(`source_row,kind,id,${columns(bare, 1)[0]}`);
  expect(columns(kept, 3)).toEqual(columns(bare, 1));
  for (const line of kept.slice(1)) {
    const [row, kind, id] = line.split(',');
    expect([id, kind]).toEqual([`00${Number(row) - 1}`, ['ant', 'bee', 'cat'][(Number(row) - 1) % 3]]);
  }
  expect(kept).toHaveLength(60 - 8);
});

it('works with several files, a query, and the outputs of a layer', async () => {
  const layer = await csv('predict run part*.csv --layer 1 --keep id');
  const bare = await csv('predict run part*.csv --layer 1');
  expect(columns(layer, 1)).toEqual(bare);
  expect(layer.slice(1).map(line => line.split(',')[0])).toEqual(
    Array.from({ length: 60 }, (_, i) => `00${i}`).filter((_, i) => i % 7 !== 3),
  );
  const sql = `SELECT *, 'no. ' || row_number() OVER () AS nr FROM data ORDER BY length DESC LIMIT 5`;
  const { stdout } = await runInside(
    ['predict', 'run', 'part*.csv', '--query', sql, '--keep', 'nr,name', '--out', 'out.json', '--json'],
    { cwd: folder },
  );
  expect(JSON.parse(stdout)).toMatchObject({
    rows: 5,
    columns: ['nr', 'name', 'prediction', 'probability_ant', 'probability_bee', 'probability_cat'],
  });
  const [first] = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'));
  expect(first).toMatchObject({
    nr: expect.stringMatching(/^no\. \d+$/),
    name: expect.stringMatching(/^no\. \d+, "x"$/),
    prediction: 'cat',
  });
});

it('refuses a name that predict writes itself, and tells how to rename the column', async () => {
  writeHouses(folder, 'houses.csv', 30);
  expect((await run('train houses.csv --target price --epochs 1 --out houses')).code).toBe(0);
  const hint = `Give it another name: --query 'SELECT *, "Price" AS given FROM data' --keep given.`;
  for (const [line, name] of [
    ['predict houses houses.csv --keep Price', 'Price'],
    ['predict run gaps.csv --keep source_row --drop-incomplete', 'source_row'],
    ['predict run gaps.csv --keep layer1_3 --layer 1', 'layer1_3'],
    ['predict run gaps.csv --keep id,probability_ant', 'probability_ant'],
  ] as const) {
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `error: --keep ${name}: predict writes a column of its own with that name.\n${hint.replace('Price', name)}\n`,
    );
  }
  const sql = 'SELECT *, "price" AS given FROM data';
  const { stdout } = await runInside(['predict', 'houses', 'houses.csv', '--query', sql, '--keep', 'given'], {
    cwd: folder,
  });
  expect(stdout).toMatch(/^given,price\n/);
});
