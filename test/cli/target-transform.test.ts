/** lockstep train --target-transform. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fit as fitModel } from '../../src/library/fit.js';
import { Random } from '../../src/random.js';
import { makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const random = new Random(5, 'probe');
const ROWS = Array.from({ length: 300 }, (_, i) => {
  const a = random.normal(3 * i);
  const b = random.normal(3 * i + 1);
  return { a, b, y: Math.exp(2 * a + b + 0.3 * random.normal(3 * i + 2)) };
});
const text = ROWS.map(({ a, b, y }) => `${a},${b},${y}\n`).join('');
writeFileSync(join(folder, 'heavy.csv'), `a,b,y\n${text}`);
writeFileSync(join(folder, 'signed.csv'), `a,b,y\n${text}0,0,-4\n`);
writeFileSync(join(folder, 'kinds.csv'), `a,y\n${'1,u\n2,v\n'.repeat(10)}`);

async function run(line: string) {
  const { code, stdout, stderr } = await runInside(line.split(' '), { cwd: folder });
  return { code, stdout, stderr };
}

async function json(line: string) {
  const { code, stdout, stderr } = await run(`${line} --json`);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const TRAIN = '--target y --epochs 20 --hidden 16 --validation 0.2 --quiet --lr 0.01 --optimizer adam';

it.each(['log', 'quantile'] as const)('%s gives figures in the units of the target', async kind => {
  const line = `train heavy.csv ${TRAIN} --target-transform ${kind} --metrics r2,mae`;
  const summary = await json(`${line} --out ${kind}`);
  const plain = await json(`train heavy.csv ${TRAIN} --metrics r2,mae --no-save`);
  // Twenty epochs are enough for the transformed target, not for the plain one.
  expect(summary.validation.mae).toBeLessThan(plain.validation.mae);
  // The baseline is the same, whatever is learnt.
  expect(summary.baseline.value / plain.baseline.value).toBeCloseTo(1, 5);
  expect(summary.rmse).toBeUndefined();
  const epochs = readFileSync(join(folder, kind, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const { validation } = JSON.parse(epochs[summary.modelEpoch - 1]!);
  expect(validation.rmse).toBeCloseTo(summary.validation.rmse, 8);

  await json(`predict ${kind} heavy.csv --out predicted.csv --force`);
  const [, ...cells] = readFileSync(join(folder, 'predicted.csv'), 'utf8').trim().split('\n');
  const squares = ROWS.reduce((sum, { y }, i) => sum + (y - Number(cells[i])) ** 2, 0);
  const evaluated = await json(`evaluate ${kind} heavy.csv`);
  expect(evaluated.rmse).toBeCloseTo(Math.sqrt(squares / ROWS.length), 10);
  expect((await run(`info ${kind}`)).stdout).toContain(`y, transformed (${kind}), standardised`);

  const model = await fitModel(ROWS, {
    ...{ target: 'y', epochs: 20, hidden: [16], validation: 0.2, learningRate: 0.01, optimizer: 'adam' },
    targetTransform: kind,
  });
  expect(model.predict(ROWS)).toEqual(cells.map(Number));
});

it('refuses logarithms of negative numbers, classes, and rows without columns', async () => {
  const refused = async (line: string) => (await run(line)).stderr;
  expect(await refused(`train signed.csv --validation 0 --target y --target-transform log`)).toMatch(
    /signed.csv, row 301, column "y": expected 0 or more.*\nTry --target-transform quantile/,
  );
  expect(await refused('train kinds.csv --target y --target-transform log')).toContain(
    '--target-transform log is for targets of numbers, and the task of kinds.csv is binary.',
  );
  expect(await refused('train heavy.csv --target-is-input --target-transform log')).toContain(
    'the targets are the inputs',
  );
  expect(await refused('train synthetic:50x3x1 --target-transform quantile')).toContain('--target-transform');
});
