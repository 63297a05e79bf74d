/** Classes and kept columns whose names differ only in upper and lower case, which DuckDB takes for the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const run = (line: string) => runInside(line.split(' '), { cwd: folder });

it('become different columns', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${['A', 'a', 'a_2', 'b'][i % 4]}`);
  writeFileSync(join(folder, 'grades.csv'), ['x,grade', ...rows, ''].join('\n'));
  expect((await run('train grades.csv --target grade --hidden 3 --epochs 1 --out run')).code).toBe(0);
  const { code, stdout, stderr } = await run('predict run grades.csv');
  expect(code).toBe(0);
  expect(stderr).toContain(
    'differs from probability_a only in upper and lower case: it is written as probability_a_2.',
  );
  const [header, first] = stdout.split('\n');
  expect(header).toBe('prediction,probability_A,probability_a_2,probability_a_2_2,probability_b');
  expect((await run('predict run grades.csv --out grades.json')).code).toBe(0);
  const [object] = JSON.parse(readFileSync(join(folder, 'grades.json'), 'utf8'));
  expect(Object.keys(object).join(',')).toBe(header);
  expect((await run('predict run grades.csv --out grades.parquet')).code).toBe(0);
  const probabilities = first!.split(',').slice(1).map(Number);
  expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
});

it('are written under other names, which predict tells', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},r${i},${i % 7},${2 * (i % 7)}`);
  writeFileSync(join(folder, 'ids.csv'), ['abc,Abc,x,y', ...rows, ''].join('\n'));
  expect(
    (await run('train ids.csv --target y --ignore abc,Abc --task regression --epochs 1 --out ids')).code,
  ).toBe(0);
  const { code, stdout, stderr } = await run('predict ids ids.csv --keep abc,Abc --out kept.csv --json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).columns).toEqual(['abc', 'Abc_2', 'y']);
  expect(stderr).toContain('differs from Abc only in upper and lower case: it is written as Abc_2.');
  const [header, first] = readFileSync(join(folder, 'kept.csv'), 'utf8').split('\n');
  expect([header, first!.split(',').slice(0, 2)]).toEqual(['abc,Abc_2,y', ['0', 'r0']]);
});
