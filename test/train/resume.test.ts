/** Resuming from a state: the same bits and the same reports as without an interruption. */
import { describe, expect, it } from 'vitest';
import type { TrainState } from '../../src/model/state.js';
import { Random } from '../../src/random.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { Report } from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { LINE, NETWORKS, THREE } from './networks.js';
import { resultOf, runTraining, withoutTime } from './run.js';

const EVERY_STEP = { every: 1, unit: 'steps' } as const;

describe.each(NETWORKS.map(network => [network.layers.join('-'), network] as const))('%s', (_, network) => {
  const data = randomDataset(network, 53);
  const validation = randomDataset(network, 17, 5);

  // 53 rows: single-row batches, uneven shards with a short last batch, full batches.
  it.each([1, 20, 'full'] as const)(
    'with batch size %s resumes from any step with any number of workers',
    async batchSize => {
      const options = { shards: 5, batchSize, epochs: 3, l2: 1e-3, learningRate: 0.05 };
      const whole = await runTraining(network, data, { ...options, checkpoint: EVERY_STEP }, validation);
      const { checkpoints } = whole;
      const random = new Random(7, 'probe');
      const variants = [{ workers: 1 }, { workers: 3, update: 'coordinator' as const }, { workers: 5 }];
      for (const [i, variant] of variants.entries()) {
        const { state } = checkpoints[Math.floor(random.uniform(i) * checkpoints.length)]!;
        const resumed = await runTraining(
          network,
          data,
          { ...options, ...variant, resume: state },
          validation,
        );
        const after = `after step ${state.steps}, ${JSON.stringify(variant)}`;
        expect(withoutTime(resumed, state.epoch), after).toEqual(withoutTime(whole, state.epoch));
      }
    },
  );
});

describe('a state', () => {
  const data = randomDataset(THREE, 50);
  const options = { batchSize: 8, epochs: 3, shards: 4 };
  const stateAfter = async (steps: number): Promise<TrainState> => {
    const { checkpoints } = await runTraining(THREE, data, { ...options, checkpoint: EVERY_STEP });
    return checkpoints.find(({ state }) => state.steps === steps)!.state;
  };

  it('at the end of an epoch reports that epoch again', async () => {
    const state = await stateAfter(14);
    expect(state).toMatchObject({ epoch: 2, step: 7, steps: 14, samples: 100 });
    const { epochs } = await runTraining(THREE, data, { ...options, resume: state });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([2, 3]);
  });

  it('at the end of the training gives its result again, or that of more epochs', async () => {
    const whole = await runTraining(THREE, data, options, data);
    const again = await runTraining(THREE, data, { ...options, resume: whole.result.state }, data);
    expect(again.result.state).toEqual(whole.result.state);
    expect(again.result.validation).toEqual(whole.result.validation);
    const five = await runTraining(THREE, data, { ...options, epochs: 5 }, data);
    const longer = await runTraining(
      THREE,
      data,
      { ...options, epochs: 5, resume: whole.result.state },
      data,
    );
    expect(withoutTime(longer, 3)).toEqual(withoutTime(five, 3));
  });

  it('determines the number of shards', async () => {
    const state = await stateAfter(3);
    const { reports } = await runTraining(THREE, data, {
      ...options,
      shards: 'auto',
      workers: 1,
      resume: state,
    });
    expect(reports[0]).toMatchObject({ type: 'start', shards: 4, workers: 1 });
  });

  const misfits: [string, Partial<TrainOptions>, (state: TrainState) => object, RegExp][] = [
    ['another batch', { batchSize: 9 }, () => ({}), /resume: expected batchSize 8, got 9/],
    ['other shards', { shards: 2 }, () => ({}), /resume: expected shards 4, got 2/],
    ['other rows', {}, () => ({ rows: 51 }), /resume: expected rows 51, got 50/],
    ['another network', {}, () => ({ weights: new Float32Array(9) }), /parameters/],
    ['fewer epochs', { epochs: 1 }, () => ({}), /resume: expected epoch 1 to 1, got 2/],
    ['a step too many', {}, () => ({ step: 8 }), /resume: expected step 0 to 7, got 8/],
    ['a count that contradicts', {}, () => ({ steps: 8 }), /resume: expected steps 9, got 8/],
    [
      'too few losses',
      {},
      () => ({ stepLosses: new Float64Array(1) }),
      /resume: expected step losses 2, got 1/,
    ],
    [
      'an unknown slab',
      {},
      () => ({ slabs: { v: new Float32Array(75) } }),
      /expected the update rule to keep nothing, got v/,
    ],
    [
      'weights that are not finite',
      {},
      ({ weights }) => ({ weights: weights.map(() => Number.NaN) }),
      /expected finite weights/,
    ],
  ];
  it.each(misfits)('with %s is refused', async (_, other, change, message) => {
    const state = await stateAfter(9);
    const resume = { ...state, ...change(state) } as TrainState;
    await expect(runTraining(THREE, data, { ...options, ...other, resume })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });
});

describe('checkpoints', () => {
  const data = randomDataset(THREE, 50);

  it.each([
    [{ every: 3, unit: 'steps' } as const, [3, 6, 9, 12, 14]],
    [{ every: 1, unit: 'epochs' } as const, [7, 14]],
    [null, [14]],
  ])('are made at the interval %o, and at the end', async (checkpoint, steps) => {
    const { checkpoints, result } = await runTraining(THREE, data, { batchSize: 8, epochs: 2, checkpoint });
    expect(checkpoints.map(({ state }) => state.steps)).toEqual(steps);
    expect(checkpoints.at(-1)).toMatchObject({ reason: 'epochs', state: result.state });
    expect(result.weights).toEqual(result.state.weights);
  });

  it('are made after every segment if the seconds are over', async () => {
    const options = { batchSize: 8, epochs: 2, checkpoint: { every: 1e-9, unit: 'seconds' } } as const;
    const { checkpoints } = await runTraining(THREE, data, options);
    // A segment has one step, or more on a busy machine, and ends with its epoch.
    const steps = checkpoints.map(({ state }) => state.steps);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(steps).toEqual(expect.arrayContaining([7, 14]));
  });

  it('are made on request while the training continues', async () => {
    const requests = new EventTarget();
    const control = new AbortController();
    const options = trainOptions({ epochs: 1_000_000, requests, signal: control.signal });
    const reports: Report[] = [];
    const reasons: string[] = [];
    for await (const report of train(THREE, data, null, options)) {
      reports.push(report);
      if (report.type === 'checkpoint') {
        reasons.push(report.reason);
        if (reasons.length === 2) control.abort();
      }
      if (report.type === 'checkpoint' || report.type === 'start')
        requests.dispatchEvent(new Event('checkpoint'));
    }
    expect(resultOf(reports).stopped).toBe('aborted');
    expect(reasons).toEqual(['request', 'request', 'aborted']);
  });

  it('are copies', async () => {
    const options = { batchSize: 8, epochs: 2, checkpoint: EVERY_STEP };
    const { checkpoints } = await runTraining(THREE, data, options);
    const [first, second] = checkpoints;
    expect(first!.state.weights).not.toEqual(second!.state.weights);
  });

  it('never contain weights that are not finite', async () => {
    const reports: TrainState[] = [];
    const options = trainOptions({ learningRate: 1e9, epochs: 50, checkpoint: EVERY_STEP });
    const run = async () => {
      for await (const report of train(LINE, randomDataset(LINE, 20), null, options)) {
        if (report.type === 'checkpoint') reports.push(report.state);
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'diverged' });
    expect(reports.length).toBeGreaterThan(0);
    for (const { weights } of reports) expect(weights.every(Number.isFinite)).toBe(true);
  });
});

describe('the time limit', () => {
  it('ends a training after the current step', async () => {
    const data = randomDataset(THREE, 400);
    const { result, checkpoints } = await runTraining(THREE, data, { epochs: 1_000_000, maxSeconds: 1e-3 });
    expect(result.stopped).toBe('time');
    expect(checkpoints.map(({ reason }) => reason)).toEqual(['time']);
    expect(result.steps).toBeGreaterThan(0);
  });
});

describe('the best epoch', () => {
  it('is the one with the lowest validation loss', async () => {
    const data = randomDataset(THREE, 40);
    // Entirely different rows: training soon makes their predictions worse.
    const validation = randomDataset(THREE, 40, 11);
    const options = { epochs: 12, learningRate: 1, batchSize: 8 };
    const { epochs, result } = await runTraining(THREE, data, options, validation);
    const losses = epochs.map(epoch => epoch.validation!.loss);
    const least = losses.indexOf(Math.min(...losses));
    expect(result.state.best).toMatchObject({ epoch: least + 1, value: losses[least] });
    epochs.forEach(({ best }, i) => {
      expect(best !== null).toBe(losses.slice(0, i).every(loss => losses[i]! < loss));
    });
    const best = await runTraining(THREE, data, { ...options, epochs: least + 1 }, validation);
    expect(result.state.best!.weights).toEqual(best.result.weights);
  });

  it('is judged by the training loss if there are no validation rows, and only if it is complete', async () => {
    const data = randomDataset(THREE, 40);
    const { epochs, result } = await runTraining(THREE, data, { epochs: 2, learningRate: 0.1 });
    expect(epochs[1]!.training.loss).toBeLessThan(epochs[0]!.training.loss);
    expect(result.state.best).toMatchObject({ epoch: 2, value: epochs[1]!.training.loss });
    // So many steps that a worker can't take them all before it is asked to stop.
    const long = randomDataset(THREE, 20_000);
    const short = await runTraining(THREE, long, { epochs: 1, batchSize: 1, maxSeconds: 1e-9 });
    expect(short.epochs).toHaveLength(1);
    expect(short.result.state.best).toBeNull();
  });
});
