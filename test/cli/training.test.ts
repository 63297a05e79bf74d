import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gradcheckCases } from '../../src/lab/gradcheck-cases.js';
import { loadModel } from '../../src/store/model-file.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { writeAnswers, writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
const kinds = writeKinds(folder, 'kinds.csv', 90);
const moreKinds = writeKinds(folder, 'more-kinds.csv', 45, 1000);
writeAnswers(folder, 'answers.csv', 80);
writeAnswers(folder, 'more-answers.csv', 40, 1000);
writeHouses(folder, 'houses.csv', 80);
writeHouses(folder, 'more-houses.csv', 40, 1000);

/** Runs a line in the folder, split into words as by a shell, and parses its JSON. */
async function lockstepJson(line: string, run: typeof runInside = runInside) {
  const { code, stdout, stderr } = await run([...line.split(' '), '--json'], { cwd: folder });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, unknown> & { validation: Record<string, number> };
}

describe('train', () => {
  it('writes a run with the model, the configuration and a line for each epoch, and tells so', async () => {
    const summary = await lockstepJson(
      'train kinds.csv --target kind --hidden 8 --epochs 12 --batch-size 16 --optimizer sgd --workers 2 --shards 3 --out run --validation 0.2',
      lockstep,
    );
    expect(summary).toMatchObject({
      ...{ stopped: 'epochs', epochs: 12, steps: 12 * 5, samples: 12 * 72 },
      ...{ workers: 2, shards: 3, model: join('run', 'model.safetensors') },
      loss: expect.any(Number),
      accuracy: expect.any(Number),
      validation: { loss: expect.any(Number), accuracy: expect.any(Number) },
      seconds: expect.any(Number),
      samplesPerSecond: expect.any(Number),
      backend: expect.any(String),
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(summary.validation.accuracy).toBeGreaterThan(0.9);
    expect(readdirSync(join(folder, 'run')).sort()).toEqual([
      'checkpoints',
      'config.json',
      'metrics.jsonl',
      'model.safetensors',
      'pictures.json',
      'summary.json',
    ]);

    const metrics = readFileSync(join(folder, 'run', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const records = metrics.map(line => JSON.parse(line));
    expect(records.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(records.at(-1)).toMatchObject({ step: 60 });
    const { loss, accuracy, validation, modelEpoch } = summary;
    expect(records[Number(modelEpoch) - 1]).toMatchObject({ loss, accuracy, validation });

    const config = JSON.parse(readFileSync(join(folder, 'run', 'config.json'), 'utf8'));
    expect(config).toMatchObject({
      ...{ data: '../kinds.csv', task: 'multiclass', workers: 2, shards: 3, batchSize: 16, rows: 72 },
      options: { hidden: [8], epochs: 12, target: ['kind'], validation: 0.2 },
    });

    const model = await loadModel(join(folder, 'run', 'model.safetensors'));
    expect(model.encoding.classes).toEqual(['ant', 'bee', 'cat']);
  });

  it('gives the same weights for any number of workers and either --update, with the same shards', async () => {
    const line = 'train kinds.csv --target kind --hidden 8 --epochs 2 --batch-size 16 --shards 4';
    const runs = ['--workers 1', '--workers 2', '--workers 3 --update coordinator'];
    const hashes = [];
    for (const run of runs) hashes.push((await lockstepJson(`${line} ${run}`)).weightsSha256);
    expect(new Set(hashes).size).toBe(1);
  });

  it('repeats a run from its config.json', async () => {
    const first = await lockstepJson(
      'train kinds.csv --target kind --hidden 5 --seed 9 --lr 0.2 --epochs 2 --out first',
    );
    const again = await lockstepJson('train kinds.csv --config first/config.json --out again');
    expect(again.weightsSha256).toBe(first.weightsSha256);
  });

  it('repeats it on its own data, from another folder too, unless the command line names other data', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const inFolder = async (cwd: string, line: string) => {
      const { code, stdout, stderr } = await runInside(line.split(' '), { cwd });
      return { code, stderr, summary: code === 0 ? JSON.parse(stdout) : null };
    };
    const options = '--target kind --hidden 5 --epochs 2 --validation kinds.csv --init start.safetensors';
    const begin = await lockstepJson(
      'train kinds.csv --target kind --hidden 5 --epochs 1 --seed 4 --out begin',
    );
    copyFileSync(join(folder, String(begin.model)), join(folder, 'start.safetensors'));
    const first = await lockstepJson(`train kinds.csv ${options} --out repeated`);
    const again = await inFolder(folder, 'train --config repeated/config.json --out again1 --json');
    const there = await inFolder(elsewhere, 'train --config ../repeated/config.json --out again2 --json');
    for (const { summary } of [again, there]) {
      expect(summary).toMatchObject({ weightsSha256: first.weightsSha256, validation: first.validation });
    }
    const record = (run: string) => JSON.parse(readFileSync(join(elsewhere, run, 'config.json'), 'utf8'));
    expect(record('again2')).toMatchObject({ data: '../../kinds.csv', validationRows: 90 });
    const other = await inFolder(elsewhere, 'train none.csv --config ../repeated/config.json --out o --json');
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringContaining('none.csv: there is no such file'),
    ]);
    copyFileSync(join(folder, 'kinds.csv'), join(elsewhere, 'mine.csv'));
    const mine = await inFolder(
      elsewhere,
      'train mine.csv --config ../repeated/config.json --out mine --json',
    );
    expect(mine.summary).toMatchObject({
      weightsSha256: first.weightsSha256,
      validation: first.validation,
    });
    expect(record('mine')).toMatchObject({
      data: '../mine.csv',
      options: { validation: '../../kinds.csv' },
    });
    const line = 'train --config ../repeated/config.json --validation 0.5 --epochs 1 --out half --json';
    expect((await inFolder(elsewhere, line)).code).toBe(0);
    expect(record('half')).toMatchObject({ data: '../../kinds.csv', validationRows: 45 });
    writeFileSync(join(elsewhere, 'plain.yaml'), 'epochs: 1\n');
    const plain = await inFolder(elsewhere, 'train --config plain.yaml');
    expect([plain.code, plain.stderr]).toEqual([
      2,
      expect.stringMatching(/^error: lockstep train: expected DATA/),
    ]);
  });

  it('names the folder of the run by the time without --out', async () => {
    const { model } = await lockstepJson('train kinds.csv --target kind --epochs 1');
    expect(model).toMatch(/^runs.\d{8}-\d{6}(-\d+)?.model\.safetensors$/);
    expect(existsSync(join(folder, String(model)))).toBe(true);
  });

  it('starts from given weights, and stops when they no longer change', async () => {
    const line = 'train kinds.csv --target kind --hidden 4 --epochs 2 --out start';
    const { weightsSha256 } = await lockstepJson(line);
    const next = await lockstepJson(
      'train kinds.csv --target kind --hidden 4 --init start/model.safetensors --lr 1e-30 --tolerance 0 --epochs 9',
    );
    expect(next).toMatchObject({ weightsSha256, stopped: 'tolerance', steps: 1 });
  });

  it('prints the same for people as with --json, and progress on stderr', async () => {
    // If the number of workers is chosen, a line tells it.
    const line = 'train kinds.csv --target kind --epochs 2 --validation more-kinds.csv --workers 1';
    const { stdout, stderr } = await runInside(line.split(' '), { cwd: folder });
    expect(stdout).toMatch(
      /^training {4}loss .*\nvalidation {2}loss .*\nbest .*\nwork .*\ntime .*\nmodel .*\nsha256 .*\n$/,
    );
    expect(stderr.split('\n').map(text => text.split(' ', 1)[0])).toEqual([
      ...[
        'data',
        'target',
        'features',
        'network',
        'training',
        'machine',
        'epoch',
        'epoch',
        'next',
        '',
        '',
        '',
        '',
      ],
    ]);
    expect(stderr).toMatch(/\nnext {2}lockstep evaluate runs.\S+ test\.csv\n/);
    expect((await runInside([...line.split(' '), '--quiet'], { cwd: folder })).stderr).toBe('');
  });
});

describe('evaluate agrees with train, and predict with evaluate', () => {
  it.each([
    ['kinds', '--target kind --hidden 8 --optimizer sgd'],
    ['answers', '--target answer --hidden 8 --reduction sum --lr 0.01'],
    ['houses', '--target price,tax --hidden 8'],
    ['houses', '--target price --hidden  --lr 0.05'],
    ['houses', '--target price --hidden 8 --loss huber --huber-delta 0.25'],
    ['houses', '--target tax --output-activation relu --hidden 4,3 --activation tanh,sigmoid'],
  ])('on %s with %s', async (name, options) => {
    const out = join(folder, options.replaceAll(/\W/g, ''));
    const words = [
      `train ${name}.csv ${options}`,
      `--epochs 20 --batch-size 16 --validation more-${name}.csv`,
    ];
    const { validation } = await lockstepJson(`${words.join(' ')} --out ${out}`);
    const reduction = options.includes('sum') ? '--reduction sum' : '--reduction mean';
    const evaluation = await lockstepJson(
      `evaluate ${out} more-${name}.csv --workers 1 --shards 2 ${reduction}`,
    );
    for (const [figure, value] of Object.entries(validation)) {
      expect(evaluation[figure]).toBeCloseTo(value, value < 100 ? 5 : 0);
    }

    const { stdout } = await runInside(['predict', out, `more-${name}.csv`], { cwd: folder });
    const rows = stdout
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split(','));
    const truth = readFileSync(join(folder, `more-${name}.csv`), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    expect(rows).toHaveLength(truth.length);
    if ('accuracy' in evaluation) {
      const right = rows.filter(([prediction], i) => truth[i]!.endsWith(`,${prediction}`)).length;
      expect(right / rows.length).toBeCloseTo(Number(evaluation.accuracy), 10);
      for (const [, ...probabilities] of rows) {
        expect(probabilities.map(Number).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      }
    } else {
      const [column] = options.startsWith('--target price') ? [2] : [3];
      const squares = rows.map(
        ([prediction], i) => (Number(prediction) - Number(truth[i]!.split(',')[column!])) ** 2,
      );
      const rmse = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / rows.length);
      const [first] = evaluation.targets as { rmse: number }[];
      expect(rmse / first!.rmse).toBeCloseTo(1, 4);
    }
  });
});

describe('evaluate', () => {
  it('shows a confusion matrix and the figures of each class', async () => {
    await lockstepJson('train kinds.csv --target kind --epochs 20 --out shown');
    const { stdout } = await runInside(['evaluate', 'shown', 'more-kinds.csv'], { cwd: folder });
    expect(stdout).toMatch(
      /^45 rows of .*more-kinds\.csv: loss .*, accuracy .* %, precision .* %, recall .* %, f1 .* %, auc .*, log-loss .*\n\ntrue \\ predicted +ant +bee +cat\n/,
    );
    expect(stdout).toMatch(/class +precision +recall +F1 +support\nant .* 15\nbee .* 15\ncat .* 15\n$/);
    const { classes, confusion, rows } = await lockstepJson('evaluate shown more-kinds.csv');
    expect(rows).toBe(45);
    expect(classes).toHaveLength(3);
    expect((confusion as number[][]).flat().reduce((sum, count) => sum + count, 0)).toBe(45);
  });
});

describe('--metrics', () => {
  it.each([
    ['kinds', 'kind', 'f1,auc,top-2,log-loss', ['f1', 'auc', 'top-2', 'log-loss']],
    ['answers', 'answer', 'auc,accuracy,recall,auc', ['auc', 'recall']],
    ['houses', 'price', 'r2,mae', ['r2', 'mae']],
  ])(
    'of %s are in every epoch and in the summary, and agree with evaluate',
    async (name, target, metrics, kept) => {
      const run = `judged-${name}`;
      const line = `train ${name}.csv --target ${target} --validation more-${name}.csv --epochs 3 --shards 2`;
      const summary = await lockstepJson(`${line} --metrics ${metrics} --out ${run}`);
      const plain = await lockstepJson(line);
      expect(summary.weightsSha256).toBe(plain.weightsSha256);
      expect(Object.keys(summary.validation)).toEqual([...Object.keys(plain.validation), ...kept]);

      const records = readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n');
      for (const record of records)
        expect(Object.keys(JSON.parse(record).validation)).toEqual(expect.arrayContaining(kept));
      const { modelEpoch } = summary;
      const { rmse, ...others } = JSON.parse(records[Number(modelEpoch) - 1]!).validation;
      expect(summary.validation).toMatchObject(others);
      // During training, it comes from float32 sums.
      if (rmse !== undefined) expect(summary.validation.rmse! / rmse).toBeCloseTo(1, 6);

      const evaluation = await lockstepJson(
        `evaluate ${run} more-${name}.csv --shards 2 --metrics ${metrics}`,
      );
      expect(evaluation).toMatchObject(summary.validation);
    },
  );

  it('are undefined, and null in JSON, if a class is not among the rows', async () => {
    await lockstepJson('train answers.csv --target answer --epochs 2 --out up-or-down');
    writeFileSync(join(folder, 'up.csv'), 'a,b,answer\n1,1,up\n2,2,up\n');
    const { stdout } = await runInside(['evaluate', 'up-or-down', 'up.csv'], { cwd: folder });
    expect(stdout).toMatch(/, recall .* %, f1 .* %, auc undefined, log-loss /);
    expect((await lockstepJson('evaluate up-or-down up.csv')).auc).toBeNull();
  });
});

describe('predict', () => {
  it.each(['csv', 'json', 'parquet'])('writes %s, which info can read', async format => {
    if (!existsSync(join(folder, 'predictor'))) {
      await lockstepJson('train answers.csv --target answer --optimizer sgd --epochs 5 --out predictor');
    }
    writeFileSync(join(folder, 'unlabelled.csv'), 'b,a\n1,1\n-1,-1\n');
    const out = `predictions.${format}`;
    const summary = await lockstepJson(`predict predictor unlabelled.csv --out ${out}`);
    expect(summary).toMatchObject({
      out,
      rows: 2,
      columns: ['prediction', 'probability_down', 'probability_up'],
    });
    const info = await lockstepJson(`info ${out} --target prediction`);
    expect(info).toMatchObject({
      rows: 2,
      features: 2,
      classes: [
        { class: 'down', rows: 1 },
        { class: 'up', rows: 1 },
      ],
    });
  });
});

it('predict shows which rows it left out, by the numbers of the others', async () => {
  await lockstepJson('train answers.csv --target answer --epochs 2 --out of-whole-rows');
  writeFileSync(join(folder, 'gaps.csv'), 'a,b\n1,\n2,2\n,3\n4,4\n');
  const line = 'predict of-whole-rows gaps.csv --drop-incomplete --out of-gaps.csv';
  const { stdout } = await runInside(line.split(' '), { cwd: folder });
  expect(stdout).toContain('2 rows of gaps.csv → of-gaps.csv');
  expect(stdout).toContain('source_row');
  const lines = readFileSync(join(folder, 'of-gaps.csv'), 'utf8').split('\n');
  expect(lines.map(row => row.split(',')[0])).toEqual(['source_row', '2', '4', '']);
});

describe('info', () => {
  it('describes data', async () => {
    const info = await lockstepJson('info kinds.csv --target kind', lockstep);
    expect(info).toMatchObject({ rows: 90, task: 'multiclass', features: 4, targets: ['kind'] });
    expect(info.columns).toMatchObject([
      { name: 'length', kind: 'number' },
      { name: 'weight', kind: 'number' },
      { name: 'colour', kind: 'category', values: ['green', 'red'] },
    ]);
    const { stdout } = await runInside(['info', kinds, '--target', 'kind']);
    expect(stdout).toContain('ant (30 rows), bee (30 rows), cat (30 rows)');
  });

  it('describes a model', async () => {
    const { weightsSha256 } = await lockstepJson(
      'train kinds.csv --target kind --hidden 8,4 --epochs 1 --out described',
    );
    const info = await lockstepJson('info described');
    expect(info).toMatchObject({ task: 'multiclass', parameters: 40 + 36 + 15, weightsSha256 });
    const { stdout } = await runInside(['info', 'described/model.safetensors'], { cwd: folder });
    expect(stdout).toContain('4 → 8 relu → 4 relu → 3 softmax, cross-entropy');
    expect(stdout).toContain(moreKinds.length > 0 ? 'ant, bee, cat' : '');
  });
});

describe('gradcheck', () => {
  it('passes on every network, and tells the differences', async () => {
    const { passed, checks } = await lockstepJson(
      'gradcheck --backend wasm --workers 1 --shards 3',
      lockstep,
    );
    expect(passed).toBe(true);
    expect(checks).toHaveLength(gradcheckCases(1).length);
    // More than a hundred trainings, one after the other: half a minute on two busy cores.
  }, 180_000);
});
