/** lockstep train --find-lr: its text, JSON, page and errors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const cwd = makeFolder();
writeKinds(cwd, 'kinds.csv', 120);
const FIND = 'train kinds.csv --target kind --find-lr --hidden 8 --shards 4';
const run = (line: string) => runInside(line.split(' '), { cwd });

it('shows the curve, suggests a rate by a rule that it names, and leaves nothing behind', async () => {
  const before = readdirSync(cwd);
  const { code, stdout, stderr } = await lockstep(FIND.split(' '), { cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^rate +loss\n1e-7 +\d\.\d+ +█+\n/);
  expect(stdout).toMatch(
    /\d+ steps.*\. Suggested learning rate: [\d.]+, a tenth of [\d.]+, where the smoothed loss is lowest\. It falls fastest at [\d.]+\.\n$/,
  );
  expect(readdirSync(cwd)).toEqual(before);
});

it('prints the curve as JSON, the same for any number of workers, and writes a page without scripts', async () => {
  const one = await run(`${FIND} --json --workers 1 --out found`);
  const three = await run(`${FIND} --json --workers 3`);
  const { page, workers: _, ...curve } = JSON.parse(one.stdout);
  const { page: none, workers: __, ...same } = JSON.parse(three.stdout);
  expect([page, none]).toEqual([join('found', 'find-lr.html'), null]);
  expect(same).toEqual(curve);
  expect(Object.keys(curve.points[0])).toEqual(['learningRate', 'loss', 'smoothed']);
  const html = readFileSync(join(cwd, page), 'utf8');
  expect(html).toContain('<h1>Learning rates on kinds.csv</h1>');
  expect(html).toContain('suggestion: a tenth of the lowest');
  expect(html).toContain('<pre>lockstep train kinds.csv --target kind --find-lr');
  expect(html).not.toContain('<script');
  expect(readdirSync(join(cwd, 'found'))).toEqual(['find-lr.html']);
});

it('says that a table of many rows is learnt by the recipe without a rate', async () => {
  writeKinds(cwd, 'many.csv', 300);
  const line = 'train many.csv --target kind --find-lr --hidden 8 --lr-steps 20';
  expect((await run(line)).stderr).toMatch(/^note: without --lr, train takes the recipe for tables/);
  expect((await run(`${line} --preset tabular`)).stderr).toBe('');
});

it.each([
  ['--lr 0.1', "--lr can't be combined with --find-lr"],
  ['--epochs 3', "--epochs can't be combined with --find-lr"],
  ['--lr-schedule cosine', "--lr-schedule can't be combined with --find-lr"],
  ['--folds 3', "--folds can't be combined with --find-lr"],
  ['--refit', "--refit can't be combined with --find-lr"],
  ['--keep-epoch last', "--keep-epoch can't be combined with --find-lr"],
  ['--tensorboard events', "--tensorboard can't be combined with --find-lr"],
  ['--mlflow http://127.0.0.1:5000', "--mlflow can't be combined with --find-lr"],
  ['--checkpoint-every 5', "--checkpoint-every can't be combined with --find-lr"],
  ['--optimizer lbfgs --batch-size full', "--find-lr can't be combined with --optimizer lbfgs"],
  ['--lr-low 1 --lr-high 0.1', '--lr-low: expected less than --lr-high, 0.1, got 1.'],
  ['--lr-steps 2', '--lr-steps'],
])('refuses %s', async (options, message) => {
  const { code, stdout, stderr } = await run(`${FIND} ${options} --out refused`);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  expect(existsSync(join(cwd, 'refused'))).toBe(false);
});

it('refuses a range without --find-lr', async () => {
  const { code, stderr } = await run('train kinds.csv --target kind --lr-high 3');
  expect([code, stderr]).toEqual([2, expect.stringContaining('--lr-high needs --find-lr.')]);
});
