/** Nothing is written outside the folder of --out, not even temporarily: neither in the current folder nor in the home folder. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lockstep } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-outside-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [work, home, temporary] = ['work', 'home', 'tmp'].map(name => join(folder, name)) as [
  string,
  string,
  string,
];
for (const path of [work, home, temporary]) mkdirSync(path);
writeKinds(work, 'kinds.csv', 60);
const env = {
  ...process.env,
  HOME: home,
  USERPROFILE: home,
  TMPDIR: temporary,
  TEMP: temporary,
  TMP: temporary,
};

/** All files and folders in a folder, with their times of change; a file that was removed again changes its folder. */
function look(path: string): Record<string, number> {
  const names = ['.', ...readdirSync(path, { recursive: true, encoding: 'utf8' })];
  return Object.fromEntries(names.map(name => [name, statSync(join(path, name)).mtimeMs]));
}

it.each([
  'train kinds.csv --target kind --validation 0.2 --epochs 3 --checkpoint-every 1 --out ../out/run',
  'train kinds.csv --target kind --folds 2 --epochs 2 --out ../out/folds',
  'tune kinds.csv --target kind --validation 0.2 --trials 3 --epochs 2 --out ../out/tuned',
])('%s', async line => {
  const before = [work, home, temporary].map(look);
  const { code, stderr } = await lockstep(line.split(' '), { cwd: work, env });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  expect([work, home, temporary].map(look)).toEqual(before);
});
