/** The first and last lines of `lockstep train`, and its warnings about trainings that failed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { makeFolder, runInside } from './lockstep.js';
import { writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 90);
writeHouses(folder, 'houses.csv', 60);
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const summaryOf = (name: string) => JSON.parse(readFileSync(join(folder, name, 'summary.json'), 'utf8'));

/** Rows whose targets have nothing to do with their features. */
function writeNoise(name: string, target: (random: Random, i: number) => string | number): void {
  const random = new Random(2, 'probe');
  const rows = Array.from({ length: 90 }, (_, i) => `${random.normal(3 * i)},${target(random, 3 * i + 1)}`);
  writeFileSync(join(folder, name), `a,y\n${rows.join('\n')}\n`);
}
writeNoise('noise.csv', (random, i) => 1000 * random.normal(i));
writeNoise('coins.csv', (random, i) => (random.uniform(i) < 0.7 ? 'heads' : 'tails'));

describe('train', () => {
  it('tells what is trained before the first epoch, and what to type next after the last', async () => {
    const { code, stdout, stderr } = await run(
      'train kinds.csv --target kind --validation 0.2 --hidden 7 --epochs 2 --workers 1 --shards 2 --backend wasm --out said',
    );
    expect(code).toBe(0);
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toBe('data      kinds.csv: 72 rows for training, 18 for validation');
    expect(lines[1]).toMatch(/^target {4}kind: 3 classes/);
    expect(lines[2]).toBe('features  4 from 3 columns');
    expect(lines[3]).toBe('network   4 → 7 → 3, relu, cross-entropy, 59 parameters');
    expect(lines[4]).toBe('training  adam, learning rate 0.001, batches of 32 rows, 2 epochs');
    expect(lines[5]).toMatch(/^machine {3}wasm \(.*SIMD\), 1 worker, 2 shards$/);
    expect(lines[6]).toMatch(/^epoch 1\/2 /);
    expect(lines.slice(-4)).toEqual([
      'next  lockstep evaluate said test.csv',
      '      lockstep predict said new.csv --out predictions.csv',
      '      lockstep explain said test.csv',
      '      lockstep export said --to onnx',
    ]);
    expect(stdout).not.toContain('next');
  });

  it.each(['--json', '--quiet'])('does not tell what to type next with %s', async option => {
    const { stdout, stderr } = await run(
      `train kinds.csv --target kind --epochs 1 --out next --force ${option}`,
    );
    expect(`${stdout}${stderr}`).not.toContain('lockstep evaluate');
  });

  it('repeats options for the layout of files in the lines to type', async () => {
    const { stderr } = await run(
      'train noise.csv --target column1 --no-header --delimiter , --skip-rows 1 --epochs 1 --out laid',
    );
    expect(stderr).toContain('next  lockstep evaluate laid test.csv --delimiter , --skip-rows 1\n');
    expect(stderr).toContain('predict laid new.csv --delimiter , --skip-rows 1 --out predictions.csv\n');
    // The model knows that there is no header.
    const { stdout } = await run('evaluate laid noise.csv --delimiter , --skip-rows 1');
    expect(stdout).toMatch(/^90 rows of noise.csv: /);
  });

  it('prints lines that work', async () => {
    expect((await run('train houses.csv --target price --epochs 1 --out typed --quiet')).code).toBe(0);
    expect((await run('evaluate typed houses.csv')).code).toBe(0);
    expect((await run('predict typed houses.csv --out predictions.csv')).code).toBe(0);
    expect((await run('explain typed houses.csv --permutations 1')).code).toBe(0);
    expect((await run('export typed --to onnx')).code).toBe(0);
  });

  it('names the report of a model that has no columns to explain', async () => {
    const { stderr } = await run('train houses.csv --target-is-input --hidden 2 --epochs 1 --out codes');
    expect(stderr).toContain('      lockstep report codes\n');
    expect((await run('report codes')).code).toBe(0);
  });
});

describe('a training that is no better than the baseline', () => {
  it.each([
    [
      'noise.csv',
      'rmse',
      /^warning: validation rmse [\d,.]+ is no better than always predicting the mean of the training rows \([\d,.]+\)\. .*Try .*\n/m,
    ],
    [
      'coins.csv',
      'accuracy',
      /^warning: validation accuracy [\d.]+ % is no better than always answering "heads", the most frequent class .*Try .*\n/m,
    ],
  ])('gives a warning at the end and in summary.json: %s', async (name, figure, warning) => {
    const line = `train ${name} --target y --validation 0.3 --hidden 64 --lr 0.03 --epochs 60 --monitor training-loss --out no-better --force`;
    const { code, stderr } = await run(line);
    expect(code).toBe(0);
    expect(stderr).toMatch(warning);
    expect(stderr.match(/^warning/gm)).toHaveLength(1);
    const { baseline, validation } = summaryOf('no-better');
    expect(baseline).toMatchObject({ figure, beaten: false });
    const isWorse =
      figure === 'rmse' ? validation.rmse > baseline.value : validation.accuracy <= baseline.value;
    expect(isWorse).toBe(true);
  });

  it('gives a warning for a cross-validation too', async () => {
    const line = 'train noise.csv --target y --folds 3 --hidden 64 --lr 0.03 --epochs 60 --quiet --out dealt';
    expect((await run(line)).stderr).toMatch(
      /^warning: in [23] of 3 folds the validation rmse is no better .*\n$/,
    );
  });

  it('gives no warning if it is better', async () => {
    const line = 'train kinds.csv --target kind --validation 0.3 --lr 0.03 --epochs 20 --quiet --out better';
    expect(await run(line)).toMatchObject({ code: 0, stderr: '' });
    expect(summaryOf('better').baseline).toMatchObject({ figure: 'accuracy', beaten: true });
  });

  it('gives no warning if class weights give up accuracy on purpose', async () => {
    const line =
      'train coins.csv --target y --validation 0.3 --class-weights 1,50 --epochs 5 --quiet --out weighed';
    expect(await run(line)).toMatchObject({ code: 0, stderr: '' });
    expect(summaryOf('weighed').baseline).toBeUndefined();
  });
});

describe('a training that diverges', () => {
  const rows = Array.from(
    { length: 3000 },
    (_, i) => `${(i * 37) % 101},${i === 1233 ? 3e9 : 30_000 + ((i * 53) % 97)},${i % 7}`,
  );
  writeFileSync(join(folder, 'outlier.csv'), `age,income,y\n${rows.join('\n')}\n`);

  it('names the column with the extreme value, its row, and what to do', async () => {
    const { code, stderr } = await run(
      'train outlier.csv --target y --task regression --optimizer sgd --lr 0.5 --validation 0 --out diverged',
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /\nerror: Training diverged in step \d+ \(epoch 1\): the loss is \d\.\d+e\+\d+\.\noutlier\.csv, row 1,234, column "income": 3,000,000,000 is 55 deviations from the column's mean\. Correct it, leave the row out with --query, or try a smaller --lr than 0\.5, or --optimizer adam\.\n/,
    );
  });

  it('names no column if no value is extreme', async () => {
    const { code, stderr } = await run(
      'train houses.csv --target price --optimizer sgd --lr 50 --out diverged2',
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /\nerror: Training diverged .*\.\nTry a smaller --lr than 50, or --optimizer adam\.\n/,
    );
  });
});
