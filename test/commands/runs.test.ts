/** `lockstep runs rm` when the system refuses. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { FileCall } from '../../scripts/torture/calls/file-call.js';
import { openIn, watchFiles } from '../../scripts/torture/calls/files.js';
import { run } from '../../src/commands/runs.js';
import { defaults } from '../../src/config/settings.js';
import { isLocked } from '../../src/store/folder-lock.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));

let isFailing: (call: FileCall) => boolean = () => false;

watchFiles({
  before: call =>
    isFailing(call) ? Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }) : null,
});

it('says which run cannot be removed, and gives its lock back', async () => {
  const path = join(folder, 'kept');
  mkdirSync(path);
  const config = { data: 'a.csv', begun: folder, options: {}, fingerprint: { rows: 1 } };
  writeFileSync(join(path, 'config.json'), JSON.stringify(config));
  const remove = () => run({ operands: ['rm', path], settings: defaults() } as Parameters<typeof run>[0]);
  isFailing = ({ op, path: file }) => op === 'unlink' && basename(file) === 'config.json';
  await expect(remove()).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(`${path}: expected a run that can be removed, got `),
  });
  expect(existsSync(join(path, 'config.json'))).toBe(true);
  expect([openIn(path), await isLocked(path)]).toEqual([[], false]);
  isFailing = () => false;
  expect(await remove()).toBe(0);
  expect(existsSync(path)).toBe(false);
});
