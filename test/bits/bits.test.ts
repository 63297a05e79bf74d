/** The bits of every case are those that are kept, whatever the number of workers, and after an interruption. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES, COMMON, ON_OTHER_WORKERS, RESUMED, SHARDED_ON_OTHER_WORKERS } from './cases.js';
import { COMMANDS, runLines } from './commands.js';
import { writeFiles } from './files.js';
import { readHashes } from './hashes.js';
import { readLine } from './lines.js';
import { arithmeticOf, BACKENDS, type Backend, runTraining } from './run.js';

const files = mkdtempSync(join(tmpdir(), 'lockstep-bits-'));
beforeAll(() => writeFiles(files));
afterAll(() => rmSync(files, { recursive: true }));

/** The line of a case, with options in the place of its own. */
function lineOf(name: string, backend: Backend, instead = '') {
  const folders = { 'files/': files };
  return readLine(CASES[name]!, { folders, common: COMMON, instead: `--backend ${backend} ${instead}` });
}

describe.each(BACKENDS)('%s', backend => {
  const kept = () => readHashes(arithmeticOf(backend));
  // The threads are what wasm is tested with; the reference, which is slow, needs none.
  const workers = backend === 'reference' ? '--workers 1' : '';

  it('has the bits of each case, and of no other', () => {
    const names = [...Object.keys(CASES), ...(backend === 'wasm' ? Object.keys(COMMANDS) : [])];
    expect(Object.keys(kept()).sort()).toEqual(names.sort());
  });

  it('has other bits in each case, so that each option has an effect', () => {
    const names = new Map<string, string>();
    for (const [name, outcome] of Object.entries(kept())) {
      const bits = JSON.stringify(outcome);
      expect(`${name} has the bits of ${names.get(bits)}`).toBe(`${name} has the bits of undefined`);
      names.set(bits, name);
    }
  });

  it.each(Object.keys(CASES))('trains to the bits that are kept: %s', async name => {
    expect(await runTraining(lineOf(name, backend, workers))).toEqual(kept()[name]);
  });
});

describe('the bits that are kept of wasm', () => {
  const kept = () => readHashes(arithmeticOf('wasm'));

  it.each(Object.keys(COMMANDS))('are those of a command: %s', async name => {
    expect(await runLines(COMMANDS[name]!, files)).toEqual(kept()[name]);
  });

  it.each(RESUMED)('come of a training that was stopped halfway and resumed: %s', async name => {
    expect(await runTraining(lineOf(name, 'wasm'), { resumed: true })).toEqual(kept()[name]);
  });

  describe.each(['--workers 1', '--workers 3', '--workers 2 --update coordinator'])('%s', instead => {
    const isSharded = !instead.includes('coordinator');
    const names = [...ON_OTHER_WORKERS, ...(isSharded ? SHARDED_ON_OTHER_WORKERS : [])];

    it.each(names)('changes no bits: %s', async name => {
      expect(await runTraining(lineOf(name, 'wasm', instead))).toEqual(kept()[name]);
    });
  });
});
