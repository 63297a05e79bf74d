/** What the tests of this folder share: the files, the lines of the cases, and the comparison with the bits that are kept. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CASES, COMMON } from './cases.js';
import { writeFiles } from './files.js';
import { readHashes } from './hashes.js';
import { readLine } from './lines.js';
import { arithmeticOf, type Backend, runTraining } from './run.js';

/** A folder with the files of the cases, for one test file. */
export function makeFiles(): string {
  const files = mkdtempSync(join(tmpdir(), 'lockstep-bits-'));
  beforeAll(() => writeFiles(files));
  afterAll(() => rmSync(files, { recursive: true }));
  return files;
}

/** The line of a case, with options in the place of its own. */
export function lineOf(name: string, files: string, instead: string) {
  return readLine(CASES[name]!, { folders: { 'files/': files }, common: COMMON, instead });
}

/** The bits that are kept of a backend. @throws Error if there are none for the arithmetic that it has here */
export const keptOf = (backend: Backend) => readHashes(arithmeticOf(backend));

/** Tests all cases on a backend. @param more names of what else has bits that are kept */
export function testCases(backend: Backend, files: string, more: readonly string[] = []): void {
  it('has the bits of each case, and of no other', () => {
    expect(Object.keys(keptOf(backend)).sort()).toEqual([...Object.keys(CASES), ...more].sort());
  });

  it('has other bits in each case, so that each option has an effect', () => {
    const names = new Map<string, string>();
    for (const [name, outcome] of Object.entries(keptOf(backend))) {
      const bits = JSON.stringify(outcome);
      expect(names.get(bits), `has the bits of ${name}`).toBeUndefined();
      names.set(bits, name);
    }
  });

  it.each(Object.keys(CASES))('trains to the bits that are kept: %s', async name => {
    expect(await runTraining(lineOf(name, files, `--backend ${backend}`))).toEqual(keptOf(backend)[name]);
  });
}
