import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/commands/call.js';
import { libraryFrom, repeatRun } from '../../src/commands/recorded-files.js';
import { defaults } from '../../src/config/settings.js';
import { makeFolder } from '../cli/lockstep.js';

const folder = makeFolder();
const there = join(folder, 'there');
mkdirSync(there);
for (const name of ['a.csv', 'v.csv', 'w.safetensors']) writeFileSync(join(there, name), '');

const NAMES = { validation: 'v.csv', init: 'w.safetensors', blas: 'lib/x.so' };

/** A call with the config.json of a run that was begun in another folder, and what stands on the line. */
function callWith(line: Partial<Call>, names: Partial<Call['settings']> = NAMES): Call {
  return {
    ...{ line: '', operands: [], given: {}, recorded: { data: 'a.csv', folder: there } },
    ...{ signal: new AbortController().signal, requests: new EventTarget(), limitTime() {} },
    settings: { ...defaults(), config: 'run/config.json', ...names, ...line.given },
    ...line,
  };
}

const filesOf = ({ operands, settings: { validation, init, blas } }: Call) => [
  operands[0],
  ...[validation, init, blas],
];

describe('names in a run’s record are those seen from where it was begun', () => {
  const [a, v, w, x] = ['a.csv', 'v.csv', 'w.safetensors', 'lib/x.so'].map(name => join(there, name));
  it.each<[string, Partial<Call>, unknown[]]>([
    ['all of them', {}, [a, v, w, x]],
    ['beside other DATA', { operands: ['b.csv'] }, ['b.csv', v, w, x]],
    ['not those on the line', { given: { validation: 'v.csv', blas: './x.so' } }, [a, 'v.csv', w, './x.so']],
  ])('%s', async (_, line, files) => {
    expect(filesOf(await repeatRun(callWith(line)))).toEqual(files);
  });

  it('but for a part of the rows, a system’s library, synthetic rows, and a pattern’s files', async () => {
    const names = { validation: 0.2, init: null, blas: 'libblis.so.4' };
    for (const data of ['synthetic:60x4x2', '*.csv']) {
      const call = callWith({ recorded: { data, folder: there } }, names);
      const source = data === '*.csv' ? join(there, data) : data;
      expect(filesOf(await repeatRun(call))).toEqual([source, 0.2, null, 'libblis.so.4']);
    }
  });

  it('and one that is not there is told with both', async () => {
    const lost = callWith({ operands: ['b.csv'] }, { validation: 'lost.csv' });
    const path = join(there, 'lost.csv');
    await expect(repeatRun(lost)).rejects.toMatchObject({
      code: 'failed',
      message: `run/config.json, validation: expected a file that is there, got ${path}.`,
      hint: expect.stringMatching(`seen from ${there}, where the run was begun. .*--validation FILE.$`),
    });
    const without = callWith({ recorded: { data: 'lost.csv', folder: there } });
    await expect(repeatRun(without)).rejects.toThrow(`run/config.json, data: expected a file that is there`);
  });
});

it('a call without such a record is left as it is', async () => {
  const call = callWith({ operands: ['b.csv'], recorded: null });
  expect(await repeatRun(call)).toBe(call);
});

it.each([
  ['libblis.so.4', 'libblis.so.4'],
  ['./x.so', join(there, 'x.so')],
  ['/usr/lib/x.so', '/usr/lib/x.so'],
])('a library %s is %s', (name, expected) => {
  expect(libraryFrom(there, name)).toBe(expected);
});
