import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeRunFolder } from '../../../src/commands/run/run-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is unmade with the folders that were made for it', async () => {
  const run = await makeRunFolder(join(folder, 'a', 'b', 'c'));
  expect(existsSync(run.path)).toBe(true);
  await run.discard();
  expect(existsSync(join(folder, 'a'))).toBe(false);
  expect(existsSync(folder)).toBe(true);
});

it('stays where something was written', async () => {
  const run = await makeRunFolder(join(folder, 'kept', 'run'));
  writeFileSync(join(run.path, 'metrics.jsonl'), '{}\n');
  await run.discard();
  expect(existsSync(join(run.path, 'metrics.jsonl'))).toBe(true);
});

it('stays where it was there before', async () => {
  const path = join(folder, 'mine');
  mkdirSync(path);
  await (await makeRunFolder(path)).discard();
  expect(existsSync(path)).toBe(true);
});

it('is refused where it holds a run', async () => {
  const path = join(folder, 'run');
  mkdirSync(path);
  writeFileSync(join(path, 'config.json'), '{}');
  await expect(makeRunFolder(path)).rejects.toMatchObject({ code: 'usage' });
});
