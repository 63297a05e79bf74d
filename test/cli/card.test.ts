/** lockstep info --card: a model card in Markdown. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { idx } from '../data/files.js';
import { makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();

it('says what the run has recorded', async () => {
  const data = writeKinds(folder, 'kinds.csv', 60);
  const run = join(folder, 'run');
  await runInside([
    'train',
    data,
    '--target',
    'kind',
    '--validation',
    '0.2',
    '--epochs',
    '3',
    '--out',
    run,
    '--quiet',
  ]);
  const { code, stdout } = await runInside(['info', run, '--card']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# Model card: /);
  expect(stdout).toContain('| colour | a category: green, red | is refused |');
  expect(stdout).toMatch(/\| length \| a number, [\d.]+ ± [\d.]+ in training \| is refused \|/);
  expect(stdout).toContain('kind, one of 3 classes: ant, bee, cat.');
  expect(stdout).toMatch(/\| training \(48 rows\) \| accuracy \| [\d.]+ % \|/);
  expect(stdout).toMatch(/\| validation \(12 rows\) \| loss \| [\d.]+ \|/);
  expect(stdout).toMatch(/Without looking at the inputs, accuracy would be [\d.]+ %/);
  expect(stdout).toMatch(/```\nlockstep train .*--target kind/);
  const file = await runInside(['info', join(run, 'model.safetensors'), '--card']);
  expect(file.stdout).toContain('## Inputs');
  expect(file.stdout).not.toContain('## Training');
});

it('keeps names within their cells', async () => {
  const data = join(folder, 'odd.csv');
  writeFileSync(
    data,
    `"a|b","<c>",y\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 7},${i % 2 ? 'p' : 'q'}`).join('\n')}\n`,
  );
  const run = join(folder, 'odd');
  await runInside(['train', data, '--target', 'y', '--epochs', '1', '--out', run, '--quiet']);
  const { stdout } = await runInside(['info', run, '--card']);
  expect(stdout).toContain('| a\\|b | a number');
  expect(stdout).toContain('| \\<c\\> | a number');
});

it('says whether a category has more values than it lists', async () => {
  const data = join(folder, 'values.csv');
  const lines = Array.from({ length: 110 }, (_, i) => `ten-${i % 10},eleven-${i % 11},${i % 2 ? 'p' : 'q'}`);
  writeFileSync(data, `ten,eleven,y\n${lines.join('\n')}\n`);
  const run = join(folder, 'values');
  await runInside(['train', data, '--target', 'y', '--epochs', '1', '--out', run, '--quiet']);
  const { stdout } = await runInside(['info', run, '--card']);
  expect(stdout).toMatch(/\| ten \| a category: ten-0, .*ten-9 \|/);
  expect(stdout).toMatch(/\| eleven \| a category: eleven-0, .*, … \|/);
});

it('suggests only commands that take the model', async () => {
  const data = writeKinds(folder, 'inputs.csv', 60);
  const run = join(folder, 'inputs');
  const asked = ['--target-is-input', '--ignore', 'kind', '--epochs', '1', '--out', run, '--quiet'];
  await runInside(['train', data, ...asked]);
  const inputs = (await runInside(['info', run, '--card'])).stdout;
  expect(inputs).toContain('lockstep predict');
  expect(inputs).not.toContain('lockstep explain');
  const images = join(folder, 'images');
  const digits = join(folder, 'digits');
  mkdirSync(digits);
  writeFileSync(join(digits, 'train-images-idx3-ubyte'), idx([4, 2, 2], new Uint8Array(16)));
  writeFileSync(join(digits, 'train-labels-idx1-ubyte'), idx([4], [0, 1, 2, 0]));
  await runInside(['train', digits, '--epochs', '1', '--out', images, '--quiet']);
  const { stdout } = await runInside(['info', images, '--card']);
  expect(stdout).toMatch(/lockstep predict .*images new\/ --out/);
  expect(stdout).toMatch(/lockstep explain .*images test\//);
});

it('needs a model', async () => {
  const { code, stderr } = await runInside(['info', writeKinds(folder, 'rows.csv', 9), '--card']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--card needs a model')]);
});
