/** A temporary folder for one test file, removed after its tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Creates the folder and returns its path. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-store-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
