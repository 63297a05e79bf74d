import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseLines, readRunFiles } from '../../src/store/read-run.js';
import { makeFolder } from '../cli/lockstep.js';

const folder = makeFolder();

it('ignores an incomplete line at the end, and reports one in the middle', () => {
  expect(parseLines('{"epoch":1}\n{"epoch":2}\n{"epo')).toEqual({
    metrics: [{ epoch: 1 }, { epoch: 2 }],
    unreadable: [],
  });
  expect(parseLines('{"epoch":1}\n{"ep{"epoch":2}\n3\n{"epoch":3}\n')).toEqual({
    metrics: [{ epoch: 1 }, { epoch: 3 }],
    unreadable: [2, 3],
  });
  expect(parseLines('')).toEqual({ metrics: [], unreadable: [] });
});

it('reads a run that has just started, with nothing but a configuration', async () => {
  const path = join(folder, 'begun');
  mkdirSync(path);
  writeFileSync(join(path, 'config.json'), '{"rows":3}');
  expect(await readRunFiles(path)).toEqual({
    path,
    config: { rows: 3 },
    metrics: [],
    unreadable: [],
    summary: null,
    pictures: null,
  });
});

it.each([
  ['none', null, 'expected the folder of a run, got nothing there.'],
  ['empty', {}, 'expected the folder of a run, got a folder without config.json.'],
  ['list', { 'config.json': '[1]' }, 'config.json: expected a JSON object, got [1].'],
  ['cut', { 'config.json': '{"a":' }, 'config.json: expected a JSON object, got Unexpected end'],
  ['summary', { 'config.json': '{}', 'summary.json': '' }, 'summary.json: expected a JSON object'],
])('refuses %s', async (name, files, message) => {
  const path = join(folder, name);
  if (files) mkdirSync(path);
  for (const [file, text] of Object.entries(files ?? {})) writeFileSync(join(path, file), text as string);
  await expect(readRunFiles(path)).rejects.toThrow(message);
});
