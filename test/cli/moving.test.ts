import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();
const at = (name: string) => join(folder, name);
const run = (line: string, cwd = '.') => runInside(line.split(' '), { cwd: at(cwd) });
const json = async (line: string, cwd = '.') => {
  const { code, stdout, stderr } = await run(`${line} --json --quiet`, cwd);
  expect({ code, stderr: stderr.replace(/^no BLAS.*\n/, '') }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as { weightsSha256: string; epochs: number };
};
const move = (from: string, to: string) => {
  mkdirSync(dirname(at(to)), { recursive: true });
  renameSync(at(from), at(to));
};

const TRAIN =
  'train data/kinds.csv --target kind --validation data/held.csv --hidden 4 --shards 1 --workers 1';
let whole: string;

/** Makes work/data, and the run work/runs/one of three epochs. */
beforeEach(async () => {
  rmSync(at('work'), { recursive: true, force: true });
  rmSync(at('far'), { recursive: true, force: true });
  mkdirSync(at('work/data'), { recursive: true });
  writeKinds(at('work/data'), 'kinds.csv', 60);
  writeKinds(at('work/data'), 'held.csv', 30);
  await json(`${TRAIN} --epochs 3 --out runs/one`, 'work');
  whole ??= (await json(`${TRAIN} --epochs 5 --out runs/whole`, 'work')).weightsSha256;
});

describe('a run is resumed to the same bits', () => {
  it.each<[string, () => void, string, string]>([
    ['from another folder', () => {}, 'work/data', '--resume ../runs/one'],
    ['moved with its data', () => move('work', 'far/deep/work'), '.', '--resume far/deep/work/runs/one'],
    ['moved alone', () => move('work/runs/one', 'far/one'), 'far', '--resume one'],
    [
      'moved alone, its data elsewhere',
      () => {
        move('work/runs/one', 'far/one');
        move('work/data', 'far/deep/rows');
      },
      'far',
      '--resume one --data deep/rows/kinds.csv --validation deep/rows/held.csv',
    ],
    [
      'moved, another file where its data was',
      () => {
        cpSync(at('work'), at('far/work'), { recursive: true });
        writeFileSync(at('far/work/data/kinds.csv'), 'kind,a\nant,1\nbee,2\n');
      },
      'far/work',
      '--resume runs/one',
    ],
  ])('%s', async (_, change, cwd, line) => {
    change();
    expect(await json(`train ${line} --epochs 5`, cwd)).toMatchObject({ epochs: 5, weightsSha256: whole });
  });

  it('moved twice, resumed in between', async () => {
    move('work', 'far/first');
    await json('train --resume far/first/runs/one --epochs 4');
    move('far/first', 'far/second');
    expect((await json('train --resume second/runs/one --epochs 5', 'far')).weightsSha256).toBe(whole);
  });
});

it('a record names files relative to the run, but not synthetic rows', async () => {
  const record = (name: string) => JSON.parse(readFileSync(at(`${name}/config.json`), 'utf8'));
  expect(record('work/runs/one')).toMatchObject({
    data: '../../data/kinds.csv',
    begun: at('work/runs/one'),
    options: { validation: '../../data/held.csv' },
  });
  await json('train synthetic:50x3x2 --epochs 200 --out made-up', 'work');
  expect(record('work/made-up').data).toBe('synthetic:50x3x2');
});

it('repeats a moved run from its config.json, and with --data', async () => {
  const { weightsSha256 } = await json(`${TRAIN} --epochs 3 --out runs/again`, 'work');
  move('work', 'far/work');
  const repeated = await json('train --config work/runs/one/config.json --out a', 'far');
  expect(repeated.weightsSha256).toBe(weightsSha256);
  move('far/work/data/kinds.csv', 'far/mine.csv');
  const line = 'train --config work/runs/one/config.json --data mine.csv --out b';
  expect((await json(line, 'far')).weightsSha256).toBe(weightsSha256);
});

it('tells where it looked for data that is missing, and what to type', async () => {
  move('work/runs/one', 'far/one');
  rmSync(at('work/data/kinds.csv'));
  for (const line of ['--resume one --epochs 5', '--config one/config.json --out two']) {
    const { code, stderr } = await run(`train ${line}`, 'far');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error: one: its data was not found: looked for ${at('data/kinds.csv')} and ${at('work/data/kinds.csv')}.\nTell where it is: --data PATH.\n`,
    });
  }
});

it('refuses other data, whichever option names it', async () => {
  writeKinds(at('work/data'), 'other.csv', 61);
  const { code, stderr } = await run('train --resume runs/one --epochs 5 --data data/other.csv', 'work');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/data\/other\.csv: expected training data of 60 rows.*\n.*--data PATH/),
  });
});

it.each([
  ['train data/kinds.csv --data data/kinds.csv', '--data is for the data of a run'],
  ['train data/kinds.csv --resume runs/one --data data/kinds.csv', "--data can't be combined with DATA"],
])('refuses %s', async (line, message) => {
  expect(await run(line, 'work')).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});

it('a report shows the line that repeats a run from the current folder', async () => {
  move('work', 'far/work');
  expect((await run('report runs/one --out one.html', 'far/work')).code).toBe(0);
  expect(readFileSync(at('far/work/one.html'), 'utf8')).toContain('lockstep train data/kinds.csv');
});

it('resumes a cross-validation that was moved', async () => {
  const line = 'train data/kinds.csv --target kind --hidden 4 --epochs 2 --workers 1';
  const { validation } = (await json(`${line} --folds 2 --out runs/folds`, 'work')) as Record<
    string,
    unknown
  >;
  rmSync(at('work/runs/folds/summary.json'));
  rmSync(at('work/runs/folds/fold-2'), { recursive: true });
  cpSync(at('work'), at('far/work'), { recursive: true });
  writeKinds(at('far/work/data'), 'kinds.csv', 61);
  cpSync(at('far/work/runs/folds'), at('far/work/runs/again'), { recursive: true });
  expect(await json('train --resume far/work/runs/folds')).toMatchObject({ validation });
  rmSync(at('work'), { recursive: true });
  expect(await run('train --resume far/work/runs/again --quiet')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the data has changed since'),
  });
});

it('extends the best run of a search that was moved', async () => {
  await json(
    'tune data/kinds.csv --target kind --validation 0.3 --trials 2 --epochs 2 --lr-schedule constant --out search',
    'work',
  );
  move('work', 'far/work');
  expect(await json('train --resume far/work/search/best --epochs 3')).toMatchObject({ epochs: 3 });
});
