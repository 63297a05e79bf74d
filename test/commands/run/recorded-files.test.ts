import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/commands/line/call.js';
import {
  findFile,
  libraryPath,
  moveRecord,
  placesOf,
  repeatRun,
  toRecord,
} from '../../../src/commands/run/recorded-files.js';
import { defaults } from '../../../src/config/settings.js';
import { makeFolder } from '../../cli/lockstep.js';

const folder = makeFolder();
const there = join(folder, 'there');
mkdirSync(there);
for (const name of ['a.csv', 'v.csv', 'w.safetensors']) writeFileSync(join(there, name), 'x');

/** The run there/run, which was not moved. */
const ORIGIN = { run: join(there, 'run'), begun: join(there, 'run') };
const NAMES = { validation: '../v.csv', init: '../w.safetensors' };

/** A call with that config.json and a command line. */
function callWith(line: Partial<Call>, names: Partial<Call['settings']> = NAMES): Call {
  return {
    ...{ line: '', operands: [], given: {}, chosen: {}, recorded: { data: '../a.csv', ...ORIGIN } },
    ...{ signal: new AbortController().signal, requests: new EventTarget(), limitTime() {} },
    settings: { ...defaults(), config: join(there, 'run/config.json'), ...names, ...line.given },
    ...line,
  };
}

const filesOf = ({ operands, settings: { validation, init } }: Call) => [operands[0], validation, init];

describe('a run’s record names files relative to its folder:', () => {
  const [a, v, w] = ['a.csv', 'v.csv', 'w.safetensors'].map(name => join(there, name));
  it.each<[string, Partial<Call>, unknown[]]>([
    ['all of them', {}, [a, v, w]],
    ['beside other DATA', { operands: ['b.csv'] }, ['b.csv', v, w]],
    ['not those on the line', { given: { validation: 'v.csv' } }, [a, 'v.csv', w]],
  ])('%s', async (_, line, files) => {
    expect(filesOf(await repeatRun(callWith(line)))).toEqual(files);
  });

  it('a pattern names files; a fraction, synthetic rows and stdin do not', async () => {
    for (const data of ['synthetic:60x4x2', '-', '../*.csv']) {
      const call = callWith({ recorded: { data, ...ORIGIN } }, { validation: 0.2, init: null });
      const source = data === '../*.csv' ? join(there, '*.csv') : data;
      expect(filesOf(await repeatRun(call))).toEqual([source, 0.2, null]);
      expect(toRecord(ORIGIN.run, source)).toBe(data);
    }
  });

  it('a missing file is reported with the places that were searched and what to type', async () => {
    const moved = { run: join(folder, 'moved'), begun: ORIGIN.begun };
    const lost = callWith({ recorded: { data: '../lost.csv', ...moved } });
    await expect(repeatRun(lost)).rejects.toMatchObject({
      code: 'failed',
      message: `${moved.run}: its data was not found: looked for ${join(folder, 'lost.csv')} and ${join(there, 'lost.csv')}.`,
      hint: 'Tell where it is: --data PATH.',
    });
    const without = callWith({ operands: ['b.csv'] }, { validation: '../lost.csv' });
    await expect(repeatRun(without)).rejects.toMatchObject({ hint: 'Tell where it is: --validation FILE.' });
  });
});

describe('a file is found', () => {
  it.each([
    ['beside a run that was moved with it', 'one/run', 'one/a.csv'],
    ['where it was, if the run was moved alone', 'two/deep/run', 'there/a.csv'],
  ])('%s', async (_, run, expected) => {
    mkdirSync(join(folder, run), { recursive: true });
    if (expected !== 'there/a.csv') writeFileSync(join(folder, expected), 'x');
    const origin = { run: join(folder, run), begun: ORIGIN.begun };
    expect(await findFile(origin, '../a.csv', 'data', '--data PATH')).toContain(join(folder, expected));
  });

  it('in both places, first beside the run', () => {
    const origin = { run: join(folder, 'one/run'), begun: ORIGIN.begun };
    expect(placesOf(origin, '../a.csv')).toEqual([join(folder, 'one/a.csv'), join(there, 'a.csv')]);
    expect(placesOf(ORIGIN, '../a.csv')).toEqual([join(there, 'a.csv')]);
  });

  it('after its run was copied to another depth', async () => {
    const record = {
      data: '../../a.csv',
      begun: join(there, 'trials/1'),
      options: { validation: '../../v.csv' },
    };
    const moved = moveRecord(record, join(there, 'trials/1'), join(there, 'best'));
    expect(moved).toEqual({
      data: '../a.csv',
      begun: join(there, 'best'),
      options: { validation: '../v.csv' },
    });
    mkdirSync(join(folder, 'before/best'), { recursive: true });
    writeFileSync(join(folder, 'before/a.csv'), 'x');
    renameSync(join(folder, 'before'), join(folder, 'after'));
    const origin = { run: join(folder, 'after/best'), begun: join(folder, 'before/best') };
    expect(await findFile(origin, '../a.csv', 'data', '')).toEqual([join(folder, 'after/a.csv')]);
  });
});

it('a call without such a record is not changed', async () => {
  const call = callWith({ operands: ['b.csv'], recorded: null });
  expect(await repeatRun(call)).toBe(call);
});

it.each([
  ['libblis.so.4', 'libblis.so.4'],
  ['./x.so', resolve('x.so')],
  ['/usr/lib/x.so', '/usr/lib/x.so'],
])('a library %s is recorded as %s', (name, expected) => {
  expect(libraryPath(name)).toBe(expected);
});
