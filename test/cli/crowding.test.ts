/** A warning about more workers than cores, with what to type for the same bits in less time. */
import { expect, it } from 'vitest';
import { usableCores } from '../../src/session/cores.js';
import { makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const cwd = makeFolder();
writeKinds(cwd, 'kinds.csv', 60);
const cores = usableCores();
const many = cores + 1;
const run = (line: string) => runInside(line.split(' '), { cwd });
const warnings = (stderr: string) => stderr.split('\n').filter(line => line.startsWith('warning'));
const WARNING = `warning: --workers ${many} is more than ${cores === 1 ? 'the one core' : `the ${cores} cores`}, which is slower and gives the same bits. Try --workers ${cores}`;
const KINDS = 'kinds.csv --target kind --hidden 4 --batch-size 20';

it('train warns, and the options that it suggests give the same bits', async () => {
  const crowded = await run(`train ${KINDS} --workers ${many} --epochs 2 --out crowded --json --quiet`);
  expect(warnings(crowded.stderr)).toEqual([`${WARNING}.`]);
  const [, typed] = /Try (.*)\./.exec(crowded.stderr)!;
  const same = await run(`train ${KINDS} ${typed} --epochs 2 --out same --json --quiet`);
  expect(same.stderr).toBe('');
  expect(JSON.parse(same.stdout).weightsSha256).toBe(JSON.parse(crowded.stdout).weightsSha256);
});

it.each([
  `train ${KINDS} --workers ${many} --shards ${many + 2} --folds 3 --epochs 1 --out folds`,
  `train ${KINDS} --workers ${many} --shards ${many + 2} --find-lr --lr-steps 10`,
  `tune ${KINDS.replace(' --hidden 4', '')} --validation 0.2 --workers ${many} --shards ${many + 2} --space hidden=3|4 --trials 2 --epochs 1`,
  `evaluate crowded kinds.csv --workers ${many} --shards ${many + 2}`,
  `predict crowded kinds.csv --workers ${many} --shards ${many + 2}`,
  `bench --layers 4,3 --rows 64 --batch-size 32 --seconds 0.01 --workers ${many} --shards ${many + 2}`,
])('lockstep %s warns once', async line => {
  const { code, stderr } = await run(line);
  expect([code, warnings(stderr)]).toEqual([0, [`${WARNING} --shards ${many + 2}.`]]);
});

it.each([
  `verify ${KINDS} --worker-counts 1,${many} --steps 2`,
  `train ${KINDS} --workers ${cores} --epochs 1 --out as-many`,
  `train ${KINDS} --epochs 1 --out auto`,
])('lockstep %s does not warn', async line => {
  const { code, stderr } = await run(line);
  expect([code, warnings(stderr)]).toEqual([0, []]);
});
