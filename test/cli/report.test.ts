/** lockstep report: a finished run, one that was cut off, and no run. */
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { lockstep, makeFolder, runInside } from './lockstep.js';

const cwd = makeFolder();
const TRAIN =
  'train synthetic:300x6x3 --hidden 8 --epochs 3 --validation 0.2 --lr 0.25 --out runs/first --quiet';

beforeAll(async () => {
  expect(await runInside(TRAIN.split(' '), { cwd })).toMatchObject({ code: 0 });
});

it('writes a page of a run with the confusion matrix and the line that repeats it', async () => {
  const { code, stdout, stderr } = await lockstep(['report', 'runs/first'], { cwd });
  expect([code, stdout, stderr]).toEqual([0, 'runs/first/report.html\n', '']);
  const page = readFileSync(join(cwd, 'runs/first/report.html'), 'utf8');
  const { confusion } = JSON.parse(readFileSync(join(cwd, 'runs/first/summary.json'), 'utf8')) as {
    confusion: { counts: number[][] };
  };
  expect(confusion.counts.flat().reduce((sum, count) => sum + count)).toBe(60);
  expect(page).toContain('Confusion matrix of 3 classes');

  const line = /<pre>lockstep ([^<]+)<\/pre>/.exec(page)![1]!;
  expect(line).toMatch(/^train synthetic:300x6x3 --validation 0\.2 --hidden 8 --lr 0\.25 --epochs 3$/);
  const again = await runInside([...line.split(' '), '--out', 'runs/again', '--json', '--quiet'], { cwd });
  const { weightsSha256 } = JSON.parse(again.stdout) as { weightsSha256: string };
  expect(page).toContain(weightsSha256);
});

it('compares runs, one of which was cut off within a line', async () => {
  cpSync(join(cwd, 'runs/first'), join(cwd, 'runs/cut'), { recursive: true });
  rmSync(join(cwd, 'runs/cut/summary.json'));
  appendFileSync(join(cwd, 'runs/cut/metrics.jsonl'), '{"epoch":4,"st');
  const { code, stdout } = await runInside(
    ['report', 'runs/first', 'runs/cut', '--out', 'two.html', '--json'],
    { cwd },
  );
  expect([code, JSON.parse(stdout)]).toEqual([0, { out: 'two.html', runs: ['runs/first', 'runs/cut'] }]);
  const page = readFileSync(join(cwd, 'two.html'), 'utf8');
  expect(page).toContain('Run cut is not finished');
  expect(page).toContain('The runs have the same configuration.');
});

it('writes event files of TensorBoard with a training and of one that is there, and goes on without MLflow', async () => {
  const away = 'http://127.0.0.1:9';
  const { code, stderr } = await runInside(
    [
      ...TRAIN.replace('first', 'seen').split(' '),
      '--tensorboard',
      'logs',
      '--mlflow',
      away,
      '--mlflow-experiment',
      'my houses',
    ],
    { cwd },
  );
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^warning: MLflow at http:\/\/127\.0\.0\.1:9: .* goes on without it; later: lockstep report runs\/seen --mlflow http:\/\/127\.0\.0\.1:9 --mlflow-experiment 'my houses'\n$/,
  );
  const sizes = async () => {
    const [name] = readdirSync(join(cwd, 'logs/seen'));
    return readFileSync(join(cwd, 'logs/seen', name!)).length;
  };
  const live = await sizes();
  const { stdout } = await runInside(['report', 'runs/seen', '--tensorboard', 'logs'], { cwd });
  expect(stdout).toBe('TensorBoard files in logs/seen\n');
  expect(await sizes()).toBe(live);
  expect(await runInside(['report', 'runs/seen', '--mlflow', away], { cwd })).toMatchObject({ code: 1 });
});

it('refuses runs of one name for TensorBoard, of which one would replace the other', async () => {
  cpSync(join(cwd, 'runs/first'), join(cwd, 'others/first'), { recursive: true });
  const { code, stderr } = await runInside(
    ['report', 'runs/first', 'others/first', '--tensorboard', 'twice'],
    { cwd },
  );
  expect([code, existsSync(join(cwd, 'twice'))]).toEqual([2, false]);
  expect(stderr).toContain('--tensorboard: runs/first and others/first would both be first.');
});

it.each([
  [['report'], 2, 'lockstep report: expected RUN…, got nothing.'],
  [['report', 'none'], 2, 'none: expected the folder of a run, got nothing there.'],
  [
    ['report', 'runs/first', '--mlflow', 'http://anne:5%@127.0.0.1:9'],
    2,
    '--mlflow: expected a user and a password in which each % begins a code.',
  ],
  [
    ['report', 'runs/first', '--out', 'no/where.html'],
    1,
    'no/where.html: expected a file that can be written',
  ],
])('%j ends with %d and tells why', async (words, expected, message) => {
  const { code, stdout, stderr } = await runInside(words, { cwd });
  expect([code, stdout, stderr]).toEqual([expected, '', expect.stringContaining(message)]);
});
