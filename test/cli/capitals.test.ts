/** Classes whose names differ in capitals alone, which DuckDB takes for one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const run = (line: string) => runInside(line.split(' '), { cwd: folder });

it('have columns of their own', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${['A', 'a', 'a_2', 'b'][i % 4]}`);
  writeFileSync(join(folder, 'grades.csv'), ['x,grade', ...rows, ''].join('\n'));
  expect((await run('train grades.csv --target grade --hidden 3 --epochs 1 --out run')).code).toBe(0);
  const { code, stdout } = await run('predict run grades.csv');
  expect(code).toBe(0);
  const [header, first] = stdout.split('\n');
  expect(header).toBe('prediction,probability_A,probability_a_2,probability_a_2_2,probability_b');
  expect((await run('predict run grades.csv --out grades.json')).code).toBe(0);
  const [object] = JSON.parse(readFileSync(join(folder, 'grades.json'), 'utf8'));
  expect(Object.keys(object).join(',')).toBe(header);
  expect((await run('predict run grades.csv --out grades.parquet')).code).toBe(0);
  const probabilities = first!.split(',').slice(1).map(Number);
  expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
});
