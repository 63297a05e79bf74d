/** Early stopping, targets, limits on steps, the best epoch, and the plateau schedule. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { makeSchedule } from '../../src/model/schedule.js';
import type { TrainState } from '../../src/model/state.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { EpochReport } from '../../src/train/reports.js';
import { randomDataset } from '../datasets.js';
import { THREE } from './networks.js';
import { runTraining, withoutTime } from './run.js';

const data = randomDataset(THREE, 40);
/** Entirely different rows: training soon makes their predictions worse. */
const validation = randomDataset(THREE, 40, 11);
const OPTIONS = { epochs: 30, learningRate: 0.5, batchSize: 8, shards: 3 };
const EVERY_STEP = { every: 1, unit: 'steps' } as const;

const losses = (epochs: EpochReport[]) => epochs.map(epoch => epoch.validation!.loss);

/** The epoch after which there was no improvement for `patience` epochs, by hand. */
function lastEpoch(values: number[], patience: number, minDelta = 0): number {
  let mark = Number.POSITIVE_INFINITY;
  let waited = 0;
  for (const [i, value] of values.entries()) {
    waited = value < mark - minDelta ? 0 : waited + 1;
    if (waited === 0) mark = value;
    if (waited === patience) return i + 1;
  }
  return values.length;
}

const whole = await runTraining(THREE, data, OPTIONS, validation);

describe('patience', () => {
  it.each([
    [1, 0],
    [3, 0],
    [2, 0.05],
  ])('of %i epochs ends a training that does not improve by more than %f', async (patience, minDelta) => {
    const { result, epochs } = await runTraining(THREE, data, { ...OPTIONS, patience, minDelta }, validation);
    const expected = lastEpoch(losses(whole.epochs), patience, minDelta);
    expect(expected).toBeLessThan(OPTIONS.epochs);
    expect(result).toMatchObject({ stopped: 'patience', epochs: expected });
    expect(losses(epochs)).toEqual(losses(whole.epochs).slice(0, expected));
    const values = losses(epochs);
    const best = values.indexOf(Math.min(...values));
    expect(result.state.best).toMatchObject({ epoch: best + 1, value: values[best] });
  });

  it('uses the monitored figure', async () => {
    const monitored = await runTraining(
      THREE,
      data,
      { ...OPTIONS, monitor: 'training-accuracy', patience: 4 },
      validation,
    );
    const values = monitored.epochs.map(epoch => epoch.training.accuracy!);
    const expected = lastEpoch(
      whole.epochs.map(epoch => -epoch.training.accuracy!),
      4,
    );
    expect(monitored.result).toMatchObject({ stopped: 'patience', epochs: expected });
    const best = values.lastIndexOf(Math.max(...values));
    expect(monitored.result.state.best).toMatchObject({ epoch: best + 1, value: values[best] });
  });

  it('computes the figure that it needs', async () => {
    const { result, epochs } = await runTraining(
      THREE,
      data,
      { ...OPTIONS, epochs: 8, monitor: 'f1' },
      validation,
    );
    const values = epochs.map(epoch => epoch.validation!.metrics!.f1!);
    expect(result.state.best!.value).toBe(Math.max(...values));
    expect(result.state.best!.validation).toEqual(epochs[result.state.best!.epoch - 1]!.validation);
  });

  it('that is longer resumes a training that had ended', async () => {
    const short = await runTraining(THREE, data, { ...OPTIONS, patience: 1 }, validation);
    const resume = short.result.state;
    const again = await runTraining(THREE, data, { ...OPTIONS, patience: 1, resume }, validation);
    expect(again.result.state).toEqual(resume);
    const longer = await runTraining(THREE, data, { ...OPTIONS, patience: 100, resume }, validation);
    expect(withoutTime(longer, resume.epoch + 1)).toEqual(withoutTime(whole, resume.epoch + 1));
  });
});

describe('a target', () => {
  const target = { figure: 'loss', value: losses(whole.epochs)[1]! };

  it('ends the training after the first epoch that reaches it', async () => {
    const first = losses(whole.epochs).findIndex(loss => loss <= target.value) + 1;
    const { result } = await runTraining(THREE, data, { ...OPTIONS, target }, validation);
    expect(result).toMatchObject({ stopped: 'target', epochs: first });
  });

  it('may be of another figure than the monitored one', async () => {
    const options = { ...OPTIONS, metrics: ['f1'] };
    const { epochs } = await runTraining(THREE, data, options, validation);
    const scores = epochs.map(epoch => epoch.validation!.metrics!.f1!);
    const value = Math.max(...scores);
    const asked = { ...OPTIONS, monitor: 'loss', target: { figure: 'f1', value } };
    const { result } = await runTraining(THREE, data, asked, validation);
    const first = scores.indexOf(value) + 1;
    expect(first).toBeLessThan(OPTIONS.epochs);
    expect(result).toMatchObject({ stopped: 'target', epochs: first });
    const before = losses(whole.epochs).slice(0, first);
    expect(result.state.best).toMatchObject({ value: Math.min(...before) });
  });

  it('may be given when resuming, without changing the monitored figure', async () => {
    const { state } = (await runTraining(THREE, data, { ...OPTIONS, epochs: 2 }, validation)).result;
    const asked = { ...OPTIONS, epochs: 4, target: { figure: 'accuracy', value: 1 } };
    const { result } = await runTraining(THREE, data, { ...asked, resume: state }, validation);
    expect(result).toMatchObject({ stopped: 'epochs', epochs: 4 });
    expect(result.state.watch.figure).toBe('loss');
    const before = losses(whole.epochs).slice(0, 4);
    expect(result.state.best!.value).toBe(Math.min(...before));
  });

  it('that is not reached does not change the reason', async () => {
    const far = { figure: 'accuracy', value: 1 };
    const { result } = await runTraining(THREE, data, { ...OPTIONS, target: far }, validation);
    expect(result.stopped).toBe('epochs');
    expect(result.state.watch.figure).toBe('accuracy');
    expect(result.state.best!.value).toBe(
      Math.max(...whole.epochs.map(epoch => epoch.validation!.accuracy!)),
    );
  });

  it('can be reached by the last step of an incomplete epoch', async () => {
    const easy = { figure: 'accuracy', value: 0 };
    const cut = { ...OPTIONS, steps: 3 };
    const { result } = await runTraining(THREE, data, { ...cut, target: easy }, validation);
    expect(result).toMatchObject({ stopped: 'target', steps: 3 });
    const training = { figure: 'training-accuracy', value: 0 };
    const other = await runTraining(THREE, data, { ...cut, target: training });
    expect(other.result).toMatchObject({ stopped: 'steps', steps: 3 });
  });
});

describe('a number of steps', () => {
  it('counts from the start of the training, across interruptions', async () => {
    const straight = await runTraining(THREE, data, { ...OPTIONS, steps: 13, checkpoint: EVERY_STEP });
    expect(straight.result).toMatchObject({ stopped: 'steps', steps: 13, epochs: 3, samples: 104 });
    const { state } = straight.checkpoints[6]!;
    const resumed = await runTraining(THREE, data, { ...OPTIONS, steps: 13, resume: state });
    expect(withoutTime(resumed, state.epoch)).toEqual(withoutTime(straight, state.epoch));
    const done = await runTraining(THREE, data, { ...OPTIONS, steps: 9, resume: straight.result.state });
    expect(done.result).toMatchObject({ stopped: 'steps', steps: 13 });
  });

  it('is the end of a schedule', async () => {
    const schedule = makeSchedule('cosine', { end: 0.1 });
    const { epochs, reports } = await runTraining(THREE, data, { ...OPTIONS, schedule, steps: 10 });
    expect(reports[0]).toMatchObject({ totalSteps: 10, totalSamples: 80 });
    const last = 0.1 + (0.9 * (1 + Math.cos(Math.PI * 0.9))) / 2;
    expect(epochs.at(-1)!.learningRate).toBeCloseTo(OPTIONS.learningRate * last, 12);
  });
});

it.each(['steps', 'patience', 'maxSeconds', 'stallSeconds'] as const)(
  'takes %s: Infinity for no limit',
  async limit => {
    const options = { ...OPTIONS, epochs: 3 };
    const plain = await runTraining(THREE, data, options, validation);
    const unlimited = { ...options, [limit]: Number.POSITIVE_INFINITY };
    expect(withoutTime(await runTraining(THREE, data, unlimited, validation))).toEqual(withoutTime(plain));
  },
);

describe('the schedule plateau', () => {
  const schedule = makeSchedule('plateau', { gamma: 0.5, patience: 0, cooldown: 1, warmup: 7 });
  const options = { ...OPTIONS, schedule, patience: 12, epochs: 20, learningRate: 1 };

  it('reduces the rate if epochs do not improve, and reports it', async () => {
    const { epochs } = await runTraining(THREE, data, options, validation);
    // With five steps per epoch, warm-up ends in the second epoch.
    let best = Number.POSITIVE_INFINITY;
    let factor = 1;
    let resting = 0;
    for (const { epoch, learningRate, validation: judged } of epochs) {
      expect(learningRate, `epoch ${epoch}`).toBe(epoch === 1 ? 5 / 7 : factor);
      if (epoch === 1) continue;
      const isBetter = judged!.loss < best * (1 - 1e-4);
      if (isBetter) best = judged!.loss;
      if (!isBetter && resting === 0) {
        factor /= 2;
        resting = 1;
      } else resting = 0;
    }
    expect(factor).toBeLessThan(0.3);
  });

  it('resumes from any step, with patience, to the same bits, counts and rates', async () => {
    const straight = await runTraining(THREE, data, { ...options, checkpoint: EVERY_STEP }, validation);
    for (const [i, { state }] of straight.checkpoints.entries()) {
      if (i % 3 !== 0 && state.step !== 5) continue;
      // As if read from a file.
      const watch = JSON.parse(JSON.stringify(state.watch)) as TrainState['watch'];
      const resume = { ...state, watch };
      const rest = await runTraining(THREE, data, { ...options, workers: 1 + (i % 3), resume }, validation);
      expect(withoutTime(rest, state.epoch), `step ${state.steps}`).toEqual(
        withoutTime(straight, state.epoch),
      );
    }
  });

  it('judges an epoch after resuming if its judgement was interrupted', async () => {
    const straight = await runTraining(THREE, data, options, validation);
    const cut = await runTraining(THREE, data, { ...options, steps: 10 }, validation);
    // A signal at the end of an epoch leaves it completed, but not counted yet.
    const { watch, best } = (await runTraining(THREE, data, { ...options, steps: 9 }, validation)).result
      .state;
    const resume = { ...cut.result.state, watch, best };
    const rest = await runTraining(THREE, data, { ...options, resume }, validation);
    expect(withoutTime(rest, 2)).toEqual(withoutTime(straight, 2));
  });
});

describe('refuses', () => {
  const house: Network = { layers: [5, 1], hidden: [], output: 'identity', loss: 'sse' };
  const plateau = makeSchedule('plateau', {});

  it.each<[string, Partial<TrainOptions>, RegExp]>([
    ['no rows to judge', { patience: 3 }, /patience: expected validation rows to judge the epochs by/],
    ['no rows for plateau', { schedule: plateau }, /lrSchedule: "plateau": expected validation rows/],
    ['no rows to monitor', { monitor: 'accuracy' }, /monitor: expected validation rows .*got none/],
    [
      'no rows for a target',
      { target: { figure: 'loss', value: 1 } },
      /TrainOptions\.target: expected validation rows/,
    ],
    [
      'no time to wait',
      { patience: 0, monitor: 'training-loss' },
      /patience: expected a whole number from 1/,
    ],
    [
      'less than nothing',
      { minDelta: -1, patience: 1, monitor: 'training-loss' },
      /minDelta: expected a number from 0/,
    ],
    [
      'an unknown figure',
      { monitor: 'training-speed' },
      /monitor: expected loss, accuracy, .* is multiclass, got speed/,
    ],
    [
      'no number to reach',
      { target: { figure: 'training-loss', value: Number.NaN } },
      /TrainOptions\.target: expected a number to reach/,
    ],
    [
      'a percentage',
      { target: { figure: 'training-accuracy', value: 98 } },
      /TrainOptions\.target: expected at most 1, the best training-accuracy, got 98/,
    ],
  ])('%s', async (_, options, message) => {
    await expect(runTraining(THREE, data, { ...OPTIONS, ...options })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it('an infinite tolerance, which would stop after the first step', async () => {
    const running = runTraining(THREE, data, { ...OPTIONS, tolerance: Number.POSITIVE_INFINITY });
    await expect(running).rejects.toMatchObject({
      code: 'usage',
      message: 'tolerance: expected a number from 0, got Infinity, which every step is within.',
      hint: 'Leave it out to take all steps.',
    });
  });

  it('a figure that does not exist for the task', async () => {
    const rows = randomDataset(house, 20);
    const options = { monitor: 'training-accuracy' };
    await expect(runTraining(house, rows, options)).rejects.toThrow(
      'monitor: expected loss, rmse, mae, r2, as the task of test data is regression, got accuracy.',
    );
  });

  const misfits: [string, (state: TrainState) => object, RegExp][] = [
    [
      'another figure',
      ({ watch }) => ({ watch: { ...watch, figure: 'accuracy' } }),
      /expected monitor: "accuracy", got loss/,
    ],
    ['epochs that were not', ({ watch }) => ({ watch: { ...watch, epoch: 9 } }), /expected judged epochs/],
    [
      'more waiting than epochs',
      ({ watch }) => ({ watch: { ...watch, waited: 9 } }),
      /epochs without improvement/,
    ],
    ['a best to come', ({ best }) => ({ best: { ...best, epoch: 9 } }), /expected best epoch 1 to/],
    [
      'a schedule that it has not',
      ({ watch }) => ({ watch: { ...watch, plateau: { best: 1, bad: 0, cooldown: 0, factor: 1 } } }),
      /expected no state of lrSchedule: "plateau", got one/,
    ],
  ];
  it.each(misfits)('a state with %s', async (_, change, message) => {
    const { result } = await runTraining(THREE, data, { ...OPTIONS, epochs: 2 }, validation);
    const resume = { ...result.state, ...change(result.state) } as TrainState;
    const options = { ...OPTIONS, monitor: 'loss', resume };
    await expect(runTraining(THREE, data, options, validation)).rejects.toThrow(message);
  });

  it('a state without the state of its schedule', async () => {
    const { result } = await runTraining(THREE, data, { ...OPTIONS, epochs: 2 }, validation);
    const options = { ...OPTIONS, schedule: plateau, resume: result.state };
    await expect(runTraining(THREE, data, options, validation)).rejects.toThrow(
      'expected the state of lrSchedule: "plateau", got none.',
    );
  });
});
