/** The bits of every case are those that are kept, whatever the number of workers, and after an interruption. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES } from './cases.js';
import { writeFiles } from './files.js';
import { readHashes } from './hashes.js';
import { arithmeticOf, runCase } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-bits-'));
beforeAll(() => writeFiles(folder));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['wasm', 'reference'] as const)('%s', backend => {
  const kept = () => readHashes(arithmeticOf(backend));

  it('has the bits of the same cases', () => {
    expect(Object.keys(kept()).sort()).toEqual(Object.keys(CASES).sort());
  });

  it.each(Object.entries(CASES))('trains to the bits that are kept: %s', async (name, line) => {
    expect(await runCase(line, { folder, backend })).toEqual(kept()[name]);
  });

  it('has other bits in each case, so that every option has an effect', () => {
    const names = new Map<string, string>();
    for (const [name, outcome] of Object.entries(kept())) {
      const bits = JSON.stringify(outcome);
      expect([name, names.get(bits)]).toEqual([name, undefined]);
      names.set(bits, name);
    }
  });
});
