/** Labels through the commands: what train, evaluate, predict, info and report make of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockstep, makeFolder } from './lockstep.js';
import { writeLabels } from './tables.js';

const folder = makeFolder();
writeLabels(folder, 'labels.csv', 90);
writeLabels(folder, 'more.csv', 40, 1000);

async function run(line: string) {
  const { code, stdout, stderr } = await lockstep(line.split(' '), { cwd: folder });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return { stdout, stderr };
}
const json = async (line: string) => JSON.parse((await run(`${line} --json`)).stdout);

it('labels are learnt, judged, predicted and described', async () => {
  const options = '--target up,wide --hidden 8 --epochs 40 --batch-size 16 --shards 2 --out run';
  const summary = await json(
    `train labels.csv --task multilabel ${options} --validation more.csv --metrics f1,subset-accuracy --monitor f1`,
  );
  expect(summary.validation.accuracy).toBeGreaterThan(0.85);
  const { labels } = JSON.parse(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));

  const evaluation = await json('evaluate run more.csv --shards 2');
  expect(evaluation.labels).toEqual(labels);
  expect(evaluation).toMatchObject(summary.validation);
  const each = labels as { accuracy: number; f1: number }[];
  const mean = (figure: 'accuracy' | 'f1') => (each[0]![figure] + each[1]![figure]) / 2;
  expect(evaluation.accuracy).toBeCloseTo(mean('accuracy'), 12);
  expect(evaluation.f1).toBeCloseTo(mean('f1'), 12);

  const { stdout } = await run('predict run more.csv');
  const [head, ...rows] = stdout.trim().split('\n');
  expect(head).toBe('prediction_up,probability_up,prediction_wide,probability_wide');
  const truth = readFileSync(join(folder, 'more.csv'), 'utf8').trim().split('\n').slice(1);
  let right = 0;
  rows.forEach((line, i) => {
    const [up, pUp, wide, pWide] = line.split(',');
    expect([up === '1', wide === 'yes']).toEqual([Number(pUp) > 0.5, Number(pWide) > 0.5]);
    if (truth[i]!.endsWith(`,${up},${wide}`)) right++;
  });
  expect(right / rows.length).toBeCloseTo(evaluation['subset-accuracy'], 12);

  const info = await run('info run');
  expect(info.stdout).toMatch(/task +multilabel\n.*8 relu → 2 sigmoid, binary-cross-entropy\n/);
  expect(info.stdout).toMatch(/label up +0 or 1\nlabel wide +no or yes\n/);
});

it('several targets of two values each are numbers, with a word on how to have labels', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 2},${Number(i > 9)}`);
  writeFileSync(join(folder, 'numbers.csv'), `a,even,big\n${rows.join('\n')}\n`);
  const { stderr } = await run('train numbers.csv --target even,big --epochs 1');
  expect(stderr).toMatch(/^each of the 2 targets has two values .* --task multilabel$/m);
});
