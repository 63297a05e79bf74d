/** Early stopping, targets and growing batches on the command line: models, messages and exit codes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { loadModel } from '../../src/store/model-file.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();
writeFileSync(join(folder, 'kinds.csv'), noisyRows(90));

const KINDS =
  'train kinds.csv --target kind --validation 0.3 --shards 3 --batch-size 7 --hidden 6 --backend wasm --optimizer sgd --lr 0.5';
/** Three kinds that the features only partly separate, so that training too long makes the model worse. */
function noisyRows(rows: number): string {
  const random = new Random(3, 'probe');
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b, c, noise] = [0, 1, 2, 3].map(k => random.normal(4 * i + k)) as [
      number,
      number,
      number,
      number,
    ];
    const kind = ['x', 'y', 'z'][Math.min(2, Math.max(0, Math.floor(a + b + noise + 1.5)))];
    return `${a},${b},${c},${kind}`;
  });
  return `a,b,c,kind\n${lines.join('\n')}\n`;
}

const words = (line: string) => line.split(' ');
const run = (line: string) => runInside(words(line), { cwd: folder });
const inRun = (name: string, ...names: string[]) => join(folder, name, ...names);
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

interface Line {
  epoch: number;
  step: number;
  samples: number;
  learningRate: number;
  validation: { loss: number; accuracy: number };
}
const linesOf = (name: string): Line[] =>
  readFileSync(inRun(name, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

async function weightsOf(...names: string[]): Promise<Float32Array> {
  return (await loadModel(join(folder, ...names))).weights;
}

describe('--patience', () => {
  it('ends the training, and keeps the model of the best epoch', async () => {
    const { code, stdout } = await run(
      `${KINDS} --epochs 200 --patience 3 --checkpoint-every epoch --out waited`,
    );
    expect(code).toBe(0);
    const losses = linesOf('waited').map(({ validation }) => validation.loss);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(losses).toHaveLength(best + 3);
    expect(stdout).toContain(`best        epoch ${best}, by validation loss`);
    expect(stdout).toContain('stopped because patience ran out without a better epoch');
    expect(stdout).toContain(`model       waited/model.safetensors (epoch ${best})`);
    const summary = readJson(inRun('waited', 'summary.json'));
    const expected = { epoch: best, monitor: 'loss', value: losses[best - 1] };
    expect(summary).toMatchObject({
      stopped: 'patience',
      epochs: best + 3,
      modelEpoch: best,
      best: expected,
    });
    expect(summary.validation).toEqual(linesOf('waited')[best - 1]!.validation);

    const straight = await run(`${KINDS} --epochs ${best} --out straight`);
    expect(straight.code).toBe(0);
    const model = await weightsOf('waited', 'model.safetensors');
    expect(model).toEqual(await weightsOf('straight', 'model.safetensors'));
    expect(model).toEqual(await weightsOf('waited', 'checkpoints', 'best.safetensors'));
    expect(model).not.toEqual(await weightsOf('waited', 'checkpoints', 'last.safetensors'));
    expect(existsSync(inRun('straight', 'checkpoints', 'best.safetensors'))).toBe(false);
  });

  it('keeps its count when a run is resumed, after kill -9 too', async () => {
    const line = `${KINDS} --epochs 60 --monitor accuracy --patience 9 --lr-schedule plateau --lr-gamma 0.5 --lr-patience 1 --checkpoint-every 4`;
    const whole = await run(`${line} --out plateau --json --quiet`);
    expect(whole.code).toBe(0);
    let killed = false;
    await lockstep(words(`${line} --out killed`), {
      cwd: folder,
      onError: (said, kill) => {
        if (killed || !said.includes('epoch  4/')) return;
        killed = true;
        kill('SIGKILL');
      },
    });
    const rest = await run('train --resume killed --workers 2 --json --quiet');
    expect(rest.code).toBe(0);
    const figures = ({ stdout }: { stdout: string }) => {
      const { weightsSha256, epochs, steps, stopped, best, modelEpoch } = JSON.parse(stdout);
      return { weightsSha256, epochs, steps, stopped, best, modelEpoch };
    };
    expect(figures(rest)).toEqual(figures(whole));
    const rates = (name: string) => linesOf(name).map(({ learningRate }) => learningRate);
    expect(rates('killed')).toEqual(rates('plateau'));
    expect(new Set(rates('plateau')).size).toBeGreaterThan(1);
  });

  it('can be changed on a run that it has ended', async () => {
    const { code, stdout } = await run('train --resume waited --patience 6 --quiet --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).epochs).toBeGreaterThan(0);
    expect(linesOf('waited').map(({ epoch }) => epoch)).toEqual(linesOf('waited').map((_, i) => i + 1));
  });
});

describe('without an option that decides what is best', () => {
  const TRAINING_ROWS = KINDS.replace(' --validation 0.3', '');

  it.each(['sgd --lr 0.5', 'adam --lr 0.05', 'rmsprop --lr 0.02'])(
    'the model is that of the epoch with the lowest validation loss: %s',
    async rule => {
      const line = KINDS.replace('sgd --lr 0.5', rule);
      const { code, stdout } = await run(`${line} --epochs 40 --out plain --force --json --quiet`);
      expect(code).toBe(0);
      const losses = linesOf('plain').map(({ validation }) => validation.loss);
      const lowest = losses.indexOf(Math.min(...losses)) + 1;
      expect(lowest).toBeLessThan(40);
      const { modelEpoch, best, validation } = JSON.parse(stdout);
      expect([modelEpoch, best.epoch, validation.loss]).toEqual([lowest, lowest, losses[lowest - 1]]);
      expect((await run(`${line} --epochs ${lowest} --out short --force`)).code).toBe(0);
      const model = await weightsOf('plain', 'model.safetensors');
      expect(model).toEqual(await weightsOf('short', 'model.safetensors'));
    },
  );

  it('the model is that of the last epoch if there are no validation rows, and the best one is among the checkpoints', async () => {
    const line = `${TRAINING_ROWS} --lr-schedule step --lr-every 3 --lr-gamma 10`;
    expect((await run(`${line} --epochs 6 --out rising --force --quiet`)).code).toBe(0);
    const { best, modelEpoch } = readJson(inRun('rising', 'summary.json'));
    expect([modelEpoch, best.monitor]).toEqual([6, 'training-loss']);
    expect(best.epoch).toBeLessThan(6);
    expect((await run(`${line} --epochs ${best.epoch} --out short --force`)).code).toBe(0);
    expect(await weightsOf('rising', 'checkpoints', 'best.safetensors')).toEqual(
      await weightsOf('short', 'model.safetensors'),
    );
  });

  it('the model of a fold is that of its last epoch', async () => {
    const line = `${TRAINING_ROWS} --folds 2 --epochs 40 --quiet --force`;
    const epochsOf = (name: string) =>
      readJson(inRun(name, 'summary.json')).results.map((fold: { modelEpoch: number }) => fold.modelEpoch);
    expect((await run(`${line} --out dealt`)).code).toBe(0);
    expect(epochsOf('dealt')).toEqual([40, 40]);
    expect((await run(`${line} --monitor loss --out chosen`)).code).toBe(0);
    expect(Math.max(...epochsOf('chosen'))).toBeLessThan(40);
  });
});

describe('--target-metric', () => {
  it('that is reached gives exit code 0, and a model that reaches it', async () => {
    const { code, stdout } = await run(`${KINDS} --target-metric accuracy=0.6 --out reached --json --quiet`);
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      stopped: 'target',
      target: { figure: 'accuracy', value: 0.6, reached: true },
    });
    expect(summary.validation.accuracy).toBeGreaterThanOrEqual(0.6);
    const before = linesOf('reached').slice(0, -1);
    expect(before.every(({ validation }) => validation.accuracy < 0.6)).toBe(true);
  });

  it('that is missed gives exit code 5 and the closest value, also if the run is resumed', async () => {
    const line = `${KINDS} --epochs 3 --target-metric loss=0 --out missed --json --quiet`;
    const missed = await runInside(words(line), { cwd: folder });
    expect(missed.code).toBe(5);
    const [least] = linesOf('missed').sort((a, b) => a.validation.loss - b.validation.loss);
    expect(missed.stderr).toMatch(
      new RegExp(
        `^--target-metric: expected a validation loss of 0, got [\\d.]+ after epoch ${least!.epoch} at best.\n$`,
      ),
    );
    expect(JSON.parse(missed.stdout)).toMatchObject({ stopped: 'epochs', target: { reached: false } });
    const again = await run('train --resume missed --json');
    expect([again.code, JSON.parse(again.stdout).target.reached]).toEqual([5, false]);
  });
});

describe('--batch-schedule', () => {
  const GROWING =
    'train kinds.csv --target kind --shards 3 --hidden 6 --backend wasm --batch-schedule 0:7,2:30,4:full --epochs 6';

  it('counts epochs from 0, and scales the rate with the batch', async () => {
    const { code, stderr } = await run(
      `${GROWING} --lr 0.1 --scale-lr linear --base-batch-size 10 --out growing`,
    );
    expect(code).toBe(0);
    expect(stderr).toContain(
      'learning rate 0.07 to 0.9 (scaled with the batch size), batches of 7 to 90 rows, 6 epochs',
    );
    const lines = linesOf('growing');
    expect(lines.map(({ step }) => step)).toEqual([13, 26, 29, 32, 33, 34]);
    expect(lines.map(({ samples }) => samples)).toEqual([90, 180, 270, 360, 450, 540]);
    [0.07, 0.07, 0.3, 0.3, 0.9, 0.9].forEach((rate, i) => {
      expect(lines[i]!.learningRate).toBeCloseTo(rate, 12);
    });
  });

  it('is resumed after --max-steps to the bits of an uninterrupted run', async () => {
    const whole = await run(`${GROWING} --out whole --json --quiet`);
    const cut = await run(`${GROWING} --max-steps 27 --checkpoint-every 5 --out cut --json --quiet`);
    expect([cut.code, JSON.parse(cut.stdout).stopped, JSON.parse(cut.stdout).steps]).toEqual([
      0,
      'steps',
      27,
    ]);
    const rest = await run('train --resume cut --max-steps 1000 --workers 3 --json --quiet');
    expect(rest.code).toBe(0);
    expect(JSON.parse(rest.stdout)).toMatchObject({
      weightsSha256: JSON.parse(whole.stdout).weightsSha256,
      steps: 34,
      epochs: 6,
    });
  });

  it('has the same bits for every number of workers', async () => {
    const line = `${GROWING.replace('train', 'verify').replace(' --epochs 6', '')} --lr-schedule plateau --lr-patience 0 --steps 40`;
    const { code, stdout } = await run(`${line} --worker-counts 1,2,3 --json`);
    expect([code, JSON.parse(stdout).equal]).toEqual([0, true]);
  });
});

it.each([
  ['--min-delta 0.1', '--min-delta needs --patience'],
  ['--patience 2 --validation 0.3 --monitor rmse', '--monitor: expected loss, accuracy, precision'],
  ['--patience 2', '--patience: expected validation rows'],
  ['--target-metric accuracy', '--target-metric: expected a metric and the value to reach'],
  ['--target-metric accuracy=0.9', 'Try --validation 0.2.\n'],
  ['--target-metric training-accuracy=98', 'Try --target-metric training-accuracy=0.98.'],
  ['--lr-schedule plateau', '--lr-schedule plateau: expected validation rows'],
  ['--lr-patience 3', '--lr-patience needs --lr-schedule plateau; got constant'],
  [
    '--batch-schedule 0:8 --batch-size 4',
    '--batch-size 4 and --batch-schedule 0:8 both set the first batch size',
  ],
  ['--batch-schedule 3', '--batch-schedule: expected epochs from 0 in ascending order'],
  ['--batch-schedule 1:500', '--batch-schedule: expected full or 1 to 90'],
  ['--optimizer rprop --batch-size full --batch-schedule 1:8', "--batch-schedule can't be combined with"],
  ['--max-steps 0', '--max-steps: expected a whole number from 1'],
])('%s is refused', async (options, message) => {
  const { code, stderr } = await run(`train kinds.csv --target kind --out refused ${options}`);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

it('a schedule that depends on the last step cannot be resumed to another', async () => {
  const line = `${KINDS} --lr-schedule cosine --max-steps 20 --checkpoint-every 5 --out cosine --quiet`;
  expect((await run(line)).code).toBe(0);
  const { code, stderr } = await run('train --resume cosine --max-steps 40');
  expect(stderr).toMatch(/--max-steps: expected 20, as cosine was started with; got 40/);
  expect(code).toBe(2);
});
