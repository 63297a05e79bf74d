/** Labels in train, evaluate, predict, info and report. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeLabels } from './tables.js';

const folder = makeFolder();
writeLabels(folder, 'labels.csv', 90);
writeLabels(folder, 'more.csv', 40, 1000);

async function run(line: string) {
  const { code, stdout, stderr } = await runInside(line.split(' '), { cwd: folder });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return { stdout, stderr };
}
const json = async (line: string) => JSON.parse((await run(`${line} --json`)).stdout);

it('labels can be learnt, evaluated, predicted and described', async () => {
  const options =
    '--target up,wide --hidden 8 --epochs 40 --batch-size 16 --optimizer sgd --shards 2 --out run';
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

it('weights of labels, by name or balanced, give the same bits and are kept in the run', async () => {
  const task = '--task multilabel --target up,wide --hidden 8 --batch-size 16';
  const verified = await json(`verify labels.csv ${task} --class-weights balanced --worker-counts 1,2,3`);
  expect(verified.equal).toBe(true);
  const plain = await json(`train labels.csv ${task} --epochs 4 --shards 2 --out plain`);
  const named = await json(
    `train labels.csv ${task} --epochs 4 --shards 2 --class-weights wide=3 --out named`,
  );
  expect(named.weightsSha256).not.toBe(plain.weightsSha256);
  const config = JSON.parse(readFileSync(join(folder, 'named', 'config.json'), 'utf8'));
  expect(config.options['class-weights']).toEqual({ wide: 3 });
  expect((await runInside(['report', 'named'], { cwd: folder })).code).toBe(0);
  const page = readFileSync(join(folder, 'named', 'report.html'), 'utf8');
  expect(page).toContain('--class-weights wide=3');
  const again = await json('train labels.csv --config named/config.json --out again');
  expect(again.weightsSha256).toBe(named.weightsSha256);
  const { code, stderr } = await runInside(`train labels.csv ${task} --class-weights tall=3`.split(' '), {
    cwd: folder,
  });
  expect(code).toBe(2);
  expect(stderr).toContain('--class-weights: expected names of labels (up, wide), got "tall".');
});

it('a training with weights of labels resumes within an epoch to the same bits', async () => {
  const line =
    'train labels.csv --task multilabel --target up,wide --hidden 8 --batch-size 7 --shards 3 --class-weights balanced';
  const whole = await json(`${line} --max-steps 60 --out whole`);
  await run(`${line} --workers 2 --max-steps 20 --checkpoint-every 20 --out cut`);
  const { weightsSha256, loss } = await json('train --resume cut --max-steps 60 --workers 3');
  expect({ weightsSha256, loss }).toEqual({ weightsSha256: whole.weightsSha256, loss: whole.loss });
});

it('several targets of two classes each are labels; a note tells how to have numbers', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 2},${i > 9 ? 'yes' : 'no'},${i / 4}`);
  writeFileSync(join(folder, 'auto.csv'), `a,even,big,size\n${rows.join('\n')}\n`);
  const said = /^target +even, big: 2 labels \(each target holds two classes; --task regression .*\)$/m;
  const labels = await run('train auto.csv --target even,big --epochs 1 --seed 3 --out auto --json');
  expect(labels.stderr).toMatch(said);
  const given = await run('train auto.csv --task multilabel --target even,big --epochs 1 --seed 3 --json');
  expect(given.stderr).not.toMatch(said);
  expect(JSON.parse(given.stdout).weightsSha256).toBe(JSON.parse(labels.stdout).weightsSha256);
  expect((await run('predict auto auto.csv')).stdout).toMatch(/\n[01],[\d.]+,(yes|no),[\d.]+\n/);
  for (const line of ['--target even,big --task regression', '--target even,size']) {
    const { stderr, stdout } = await run(`train auto.csv ${line} --epochs 1 --json`);
    expect([stderr.includes('labels'), JSON.parse(stdout).rmse]).toEqual([false, expect.any(Number)]);
  }
});
