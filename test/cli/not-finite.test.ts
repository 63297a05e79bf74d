/**
 * Losses and predictions that are not finite: rows so large that the forward pass overflows with sound weights. No command
 * may end as if all were well.
 */
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/store/model-file.js';
import { makeFolder, runInside } from './lockstep.js';
import { writeAnswers, writeHouses } from './tables.js';

const folder = makeFolder();
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const path = (...names: string[]) => join(folder, ...names);

writeHouses(folder, 'houses.csv', 60);
writeHouses(folder, 'more.csv', 10, 200);
// Columns of deviation 1, so that the last row is standardised to values just within the range of float32.
const SMALL = Array.from({ length: 40 }, (_, i) => `${1 - 2 * (i % 2)},${i % 4 < 2 ? 1 : -1},${(i % 3) / 2}`);
writeFileSync(path('small.csv'), ['a,b,y', ...SMALL, ''].join('\n'));
writeFileSync(path('huge.csv'), ['a,b,y', ...SMALL.slice(0, 10), '3e38,-3e38,0.5', ''].join('\n'));
writeAnswers(folder, 'answers.csv', 60);
copyFileSync(path('answers.csv'), path('huge-answers.csv'));
appendFileSync(path('huge-answers.csv'), '3e38,-3e38,up\n');

const TRAIN = 'train small.csv --target y --hidden 16 --epochs 3 --backend wasm';

describe('a validation loss that is not finite', () => {
  it('ends the training at its epoch, which is reported and recorded, with exit code 3 and no model', async () => {
    const { code, stdout, stderr } = await run(`${TRAIN} --validation huge.csv --out judged --json`);
    expect([code, stdout]).toEqual([3, '']);
    const [epoch, error, hint, ...more] = stderr.slice(stderr.indexOf('epoch 1/3')).split('\n');
    // Which of the two depends on the order in which the kernels add up.
    const [, loss] = /^epoch 1\/3 {2}loss [\d.]+, rmse [\d.]+ {2}validation loss (NaN|Infinity), /.exec(
      epoch!,
    )!;
    const sign = loss === 'NaN' ? 'not a number' : 'not finite';
    expect(error).toBe(`error: Training diverged in step 2 (epoch 1): the validation loss is ${sign}.`);
    expect(hint).toMatch(
      /^huge\.csv, row 11, column "a": 3e\+38 is large and not standardised\. .* try a smaller --lr than 0\.001\.$/,
    );
    expect(more).toEqual(['']);
    expect(readFileSync(path('judged', 'metrics.jsonl'), 'utf8').split('\n')).toHaveLength(2);
    expect(existsSync(path('judged', 'model.safetensors'))).toBe(false);
    expect(existsSync(path('judged', 'checkpoints'))).toBe(false);
  });

  it('ends a cross-validation in its fold', async () => {
    // With this seed, the huge row is in the first fold.
    const line =
      'train huge-answers.csv --target answer --hidden 4 --folds 3 --scale none --seed 1 --backend wasm';
    const { code, stdout, stderr } = await run(`${line} --out folds`);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      /\nfold 1 of 3\nepoch.*\nerror: Training diverged in step 2 \(epoch 1\): the validation loss is not/,
    );
  });

  it('makes a trial the worst of a search', async () => {
    const line = 'tune small.csv --target y --validation huge.csv --trials 2';
    const { code, stdout, stderr } = await run(`${line} --epochs 2 --space hidden=16|17 --out tuned --json`);
    const { trials, best } = JSON.parse(stdout);
    expect([code, best]).toEqual([3, null]);
    for (const { results } of trials) {
      expect(results).toMatchObject([{ outcome: 'diverged', value: null, epochs: 1 }]);
    }
    expect(stderr).toContain('tuned: all 2 trials diverged.');
    expect(readFileSync(path('tuned', 'report.html'), 'utf8')).toContain('All 2 trials diverged.');
    expect((await run('info tuned')).stdout).toMatch(/^best +none\nnext +lockstep report tuned$/m);
  });
});

it('a search fails if its metric is not defined on the validation rows', async () => {
  const line = 'tune answers.csv --target answer --validation ups.csv --trials 2 --epochs 1';
  const rows = readFileSync(path('answers.csv'), 'utf8').split('\n');
  writeFileSync(path('ups.csv'), rows.filter(row => /answer|up/.test(row)).join('\n'));
  const { code, stderr } = await run(`${line} --space hidden=3|4 --metric auc --out undefined`);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('undefined: none of the 2 trials has a value of auc: it is not defined'),
  ]);
  const page = readFileSync(path('undefined', 'report.html'), 'utf8');
  expect(page).toContain('No trial has a value: the validation rows don’t define auc.');
  expect(page).not.toContain('diverged');
});

it('a training that diverges keeps the model of its best epoch, and tells where', async () => {
  // Each step makes the weights larger, so the first epoch stays the best.
  const line =
    'train houses.csv --target price --scale none --optimizer sgd --lr 0.001 --hidden  --validation more.csv';
  const { code, stderr } = await runInside([...line.split(' '), '--out', 'diverged'], { cwd: folder });
  expect(code).toBe(3);
  const best = join('diverged', 'checkpoints', 'best.safetensors');
  expect(stderr).toContain(`\n${best} is the model after epoch 1, the best.\n`);
  const { weights } = await loadModel(path(best));
  expect(weights.every(Number.isFinite)).toBe(true);
  expect(await run('evaluate diverged more.csv')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`Its checkpoints are models too: try ${best}.`),
  });
  expect((await run(`evaluate ${best} more.csv`)).code).toBe(0);
});

describe('a prediction that is not finite', () => {
  beforeAll(async () => {
    await run(`${TRAIN} --out small`);
    await run('train answers.csv --target answer --hidden 4 --epochs 2 --out answers');
  });

  it.each([
    ['evaluate small huge.csv --json', 'huge.csv, row 11: expected a finite prediction, got '],
    ['predict small huge.csv', 'huge.csv, row 11: expected a finite prediction, got '],
    ['predict small huge.csv --layer 1', 'huge.csv, row 11: expected a finite prediction, got '],
    ['evaluate answers huge-answers.csv', 'row 61: expected a finite prediction, got '],
    ['predict answers huge-answers.csv --out p.csv', 'row 61: expected a finite prediction, got '],
  ])('ends lockstep %s with exit code 3, without a figure or class', async (line, message) => {
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(message);
    expect(existsSync(path('p.csv'))).toBe(false);
  });

  it('does not affect the other rows', async () => {
    const query = 'SELECT * FROM data WHERE abs(a) < 1e30';
    const words = ['predict', 'answers', 'huge-answers.csv', '--query', query];
    const { code, stdout } = await runInside(words, { cwd: folder });
    expect([code, stdout.split('\n').length]).toEqual([0, 62]);
  });
});

it('--find-lr blames no rate if the first loss is not finite', async () => {
  const { code, stdout, stderr } = await run('train huge.csv --target y --scale none --find-lr');
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('error: step 1: the loss is not a number before any rate was tried.');
  expect(stderr).toContain(
    'huge.csv, row 11, column "a": 3e+38 is large and not standardised. Leave out --scale none.',
  );
});
