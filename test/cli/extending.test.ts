import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
mkdirSync(join(folder, 'runs'));
writeKinds(folder, 'kinds.csv', 60);
writeHouses(folder, 'houses.csv', 60);
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const trained = async (line: string) => {
  const { code, stdout, stderr } = await run(`${line} --json --quiet`);
  expect({ line, code, error: /error.*/.exec(stderr)?.[0] }).toEqual({ line, code: 0, error: undefined });
  return JSON.parse(stdout) as Record<string, unknown>;
};
const metricsOf = (name: string) =>
  readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
    .map(({ epoch, loss, validation }) => ({ epoch, loss, validation }));

const KINDS = 'train kinds.csv --target kind --hidden 5 --workers 1 --shards 2';
const HOUSES = 'train houses.csv --target price --hidden 5 --workers 1 --shards 2';

describe('a finished run is extended to the bits of a run that was as long from the start', () => {
  it.each([
    ['plain', `${KINDS} --optimizer sgd`],
    ['adam', `${KINDS} --optimizer adam --lr 0.01`],
    ['validation rows', `${KINDS} --validation 0.3`],
    ['patience', `${HOUSES} --validation 0.3 --patience 9`],
    ['a batch schedule', `${HOUSES} --batch-schedule 0:10,4:30`],
    ['a rate that falls by epoch', `${KINDS} --lr-schedule step --lr-every 2`],
    ['plateau', `${KINDS} --validation 0.3 --lr-schedule plateau --lr-patience 1`],
    ['l-bfgs', `${HOUSES} --batch-size full --optimizer lbfgs`],
    ['dropout', `${KINDS} --dropout 0.2 --input-noise 0.1`],
    ['synthetic rows', 'train synthetic:100x4x3 --workers 1 --shards 2'],
  ])('%s', async (name, line) => {
    const out = `runs/${name.replaceAll(' ', '-')}`;
    const whole = await trained(`${line} --epochs 7 --out ${out}-whole`);
    await trained(`${line} --epochs 3 --out ${out}`);
    const extended = await trained(`train --resume ${out} --epochs 7`);
    for (const key of ['weightsSha256', 'epochs', 'steps', 'loss', 'modelEpoch', 'best', 'validation']) {
      expect({ [key]: extended[key] }).toEqual({ [key]: whole[key] });
    }
    expect(metricsOf(out)).toEqual(metricsOf(`${out}-whole`));
  });
});

it('can be extended again and again', async () => {
  await trained(`${KINDS} --epochs 1 --out runs/again`);
  for (const epochs of [2, 4]) await trained(`train --resume runs/again --epochs ${epochs}`);
  const whole = await trained(`${KINDS} --epochs 4 --out runs/at-once`);
  const shown = await trained('train --resume runs/again');
  expect(shown.weightsSha256).toBe(whole.weightsSha256);
});

it('refuses to extend a run whose learning rates depend on the last step', async () => {
  await trained(`${KINDS} --epochs 2 --lr-schedule cosine --out runs/cosine`);
  const { code, stderr } = await run('train --resume runs/cosine --epochs 4');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('--lr-schedule cosine depends on the last step'),
  });
  const { stdout } = await run('train --resume runs/cosine');
  expect(stdout).toContain("It can't be extended, because --lr-schedule cosine depends on the last step.");
});

it('does not change a finished run unless there is more to do', async () => {
  await trained(`${KINDS} --epochs 2 --out runs/done`);
  const { code, stdout } = await run('train --resume runs/done');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Extend it with --epochs N') });
});

it('keeps no last state of a fold, which cannot be extended', async () => {
  await trained(`${KINDS} --epochs 1 --folds 2 --out runs/folds`);
  expect(existsSync(join(folder, 'runs/folds/fold-1/checkpoints'))).toBe(false);
});
