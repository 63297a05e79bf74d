import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inRunFolder } from '../../../src/commands/run/run-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Work that fails, after writing a file if there is a name for one. */
const failing = (file?: string) => async (path: string) => {
  expect(existsSync(path)).toBe(true);
  if (file) writeFileSync(join(path, file), '{}\n');
  throw new Error('no luck');
};

describe('a run’s folder', () => {
  it('is removed with the folders that were made for it if the work fails', async () => {
    await expect(inRunFolder(join(folder, 'a', 'b', 'c'), false, failing())).rejects.toThrow('no luck');
    expect(existsSync(join(folder, 'a'))).toBe(false);
    expect(existsSync(folder)).toBe(true);
  });

  it('stays if something was written to it', async () => {
    const path = join(folder, 'kept', 'run');
    await expect(inRunFolder(path, false, failing('metrics.jsonl'))).rejects.toThrow('no luck');
    expect(existsSync(join(path, 'metrics.jsonl'))).toBe(true);
  });

  it('stays if it existed before', async () => {
    const path = join(folder, 'mine');
    mkdirSync(path);
    await expect(inRunFolder(path, false, failing())).rejects.toThrow('no luck');
    expect(existsSync(path)).toBe(true);
  });

  it('stays if the work succeeds', async () => {
    const path = join(folder, 'empty');
    expect(await inRunFolder(path, false, async () => 7)).toBe(7);
    expect(existsSync(path)).toBe(true);
  });

  it('is refused if it holds a run', async () => {
    const path = join(folder, 'run');
    mkdirSync(path);
    writeFileSync(join(path, 'config.json'), '{}');
    await expect(inRunFolder(path, false, failing())).rejects.toMatchObject({ code: 'usage' });
  });
});
