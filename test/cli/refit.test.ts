/** --refit: the model is that of a training on all rows, for as many epochs as validation has chosen. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { joinRows } from '../../src/data/join.js';
import {
  evaluate,
  type FitOptions,
  fit as fitRows,
  hashWeights,
  loadData,
  makeSchedule,
  networkFor,
  train,
} from '../../src/index.js';
import { Random } from '../../src/random.js';
import { loadModel } from '../../src/store/model-file.js';
import type { TrainResult } from '../../src/train/reports.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
const random = new Random(5, 'probe');
/** The kinds overlap, so that training too long makes the model worse. */
const ROWS = Array.from({ length: 90 }, (_, i) => {
  const [a, b, noise] = [random.normal(3 * i), random.normal(3 * i + 1), random.normal(3 * i + 2)];
  return { a, b, kind: a + b + noise > 0 ? 'large' : 'small' };
});
const lines = [Object.keys(ROWS[0]!), ...ROWS.map(row => Object.values(row))];
writeFileSync(join(folder, 'kinds.csv'), lines.map(line => `${line.join(',')}\n`).join(''));

const KINDS =
  'train kinds.csv --target kind --validation 0.3 --hidden 16 --lr 0.02 --lr-schedule cosine --epochs 40';
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const readSummary = (name: string) => JSON.parse(readFileSync(join(folder, name, 'summary.json'), 'utf8'));

const LIKE_KINDS: FitOptions = {
  ...{ target: 'kind', validation: 0.3, hidden: [16], learningRate: 0.02 },
  ...{ schedule: makeSchedule('cosine', {}), epochs: 40 },
};

describe('--refit', () => {
  it('keeps the model of a training on all rows that ends after the best epoch', async () => {
    const { code, stdout } = await run(`${KINDS} --refit --out again`);
    expect(code).toBe(0);
    await run(`${KINDS} --out plain`);
    const [summary, plain] = [readSummary('again'), readSummary('plain')];
    const { modelEpoch } = plain;
    expect(modelEpoch).toBeLessThan(40);
    expect(summary).toMatchObject({ modelEpoch, validation: plain.validation, confusion: plain.confusion });
    expect(summary.refit).toMatchObject({ rows: 90, epochs: modelEpoch, steps: modelEpoch * 3 });
    expect(stdout).toContain(`${modelEpoch} epochs on all 90 rows`);
    expect(stdout).toContain(`(trained on all rows for ${modelEpoch} epochs)`);
    // The same by hand: the schedule still spans 40 epochs.
    const { train: data, validation } = await loadData(join(folder, 'kinds.csv'), {
      target: ['kind'],
      validation: 0.3,
    });
    const network = networkFor([data.features, 16, data.outputs], 'relu', data.task);
    const training = train(network, joinRows(data, validation!), null, {
      ...{ learningRate: 0.02, schedule: makeSchedule('cosine', {}) },
      ...{ epochs: modelEpoch, scheduleEpochs: 40 },
    });
    let result!: TrainResult;
    for await (const report of training) if (report.type === 'end') result = report.result;
    const { weights } = await loadModel(join(folder, 'again', 'model.safetensors'));
    expect(weights).toEqual(result.weights);
    expect(summary.weightsSha256).toBe(hashWeights(network, result.weights));
    expect(summary.weightsSha256).not.toBe(plain.weightsSha256);
    const { loss } = await evaluate(
      network,
      (await loadModel(join(folder, 'plain', 'model.safetensors'))).weights,
      validation!,
    );
    expect(summary.validation.loss).toBe(loss);
  });

  it('is an option of fit, with the same weights', async () => {
    const model = await fitRows(ROWS, { ...LIKE_KINDS, refit: true });
    expect(hashWeights(model.network, model.weights)).toBe(readSummary('again').weightsSha256);
    expect(model.refit!.epochs).toBe(model.result.state.best!.epoch);
    await expect(fitRows(ROWS, { ...LIKE_KINDS, refit: true, validation: 0 })).rejects.toThrow(
      'refit: expected validation rows that are drawn from rows, got none',
    );
  });

  describe('interrupted', () => {
    const LONG = `${KINDS.replace('--epochs 40', '--epochs 4000')} --patience 60 --refit`;
    const resume = async (name: string) => {
      const { code, stderr } = await run(`train --resume ${name} --quiet`);
      expect(code, stderr).toBe(0);
      return readSummary(name).weightsSha256;
    };
    let whole: string;

    it('resumes to the same bits from the first training', async () => {
      whole = JSON.parse((await run(`${LONG} --no-save --json`)).stdout).weightsSha256;
      const { code } = await lockstep(`${LONG} --checkpoint-every epoch --out first`.split(' '), {
        cwd: folder,
        onError: (said, kill) => {
          if (said.includes(' 9/4000')) kill('SIGKILL');
        },
      });
      expect(code).toBe(null);
      expect(await resume('first')).toBe(whole);
    });

    it('resumes to the same bits from the second training', async () => {
      await run(`${LONG} --out second`);
      // What is there before the second training ends.
      for (const name of ['summary.json', 'model.safetensors']) rmSync(join(folder, 'second', name));
      expect(await resume('second')).toBe(whole);
    });
  });

  it.each([
    ['--validation 0', /--refit can't be combined with --validation 0/],
    ['--validation kinds.csv', /--refit can't be combined with --validation FILE/],
    ['--folds 3', /--refit can't be combined with --folds/],
    ['--keep-epoch last', /--refit can't be combined with --keep-epoch last/],
    ['--max-steps 9', /--refit can't be combined with --max-steps 9/],
    ['--lr-schedule plateau', /--refit can't be combined with --lr-schedule plateau/],
    ['--cache .', /--refit can't be combined with --cache/],
    ['--epochs 2', /--refit: expected validation rows that are drawn from kinds.csv, got none/],
  ])('refuses %s', async (more, message) => {
    const { code, stderr } = await run(`train kinds.csv --target kind --no-save --refit ${more}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
