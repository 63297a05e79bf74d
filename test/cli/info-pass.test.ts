/** info --pass: the operations of one training step. */
import { expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 60);
const info = (...words: string[]) => runInside(['info', ...words], { cwd: folder });

it('prints the operations of a step of a model, as text and as JSON', async () => {
  const train = 'train kinds.csv --target kind --hidden 6,5 --epochs 1 --out run';
  expect((await runInside(train.split(' '), { cwd: folder })).code).toBe(0);
  const { code, stdout } = await info('run', '--pass');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('A step of 32 rows in 1 shard, by shard, by adam:');
  expect(lines.filter(line => /^ {2}(layer|gradient) \d/.test(line))).toHaveLength(6);
  expect(lines.at(-1)).toBe('all workers meet');
  const { step, optimizer } = JSON.parse((await info('run', '--pass', '--json')).stdout);
  expect(step).toEqual(lines);
  expect(optimizer).toBe('adam');
});

it('refuses data', async () => {
  const { code, stderr } = await info('kinds.csv', '--pass');
  expect(code).toBe(2);
  expect(stderr).toContain('--pass needs a model; kinds.csv is not one.');
});
