/** A schedule in a training: each step has its own rate, whoever updates, and also after an interruption. */
import { expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { factorAt, makeSchedule, type Schedule } from '../../src/model/schedule.js';
import { randomDataset } from '../datasets.js';
import { type Run, runTraining } from './run.js';

const network: Network = { layers: [5, 8, 3], hidden: ['tanh'], output: 'softmax', loss: 'cross-entropy' };
const data = randomDataset(network, 64);
const EPOCHS = 3;
const WHOLE = { batchSize: 'full', shards: 3 } as const;

/** The weights after EPOCHS steps of the full batch, with one training per step at the rate of that step. */
async function stepByStep(schedule: Schedule, learningRate: number): Promise<Float32Array> {
  let init: Float32Array | null = null;
  for (let t = 0; t < EPOCHS; t++) {
    const rate = learningRate * factorAt(schedule, t, { epoch: t, steps: EPOCHS });
    const run: Run = await runTraining(network, data, { ...WHOLE, epochs: 1, learningRate: rate, init });
    init = run.result.weights;
  }
  return init!;
}

it.each([
  makeSchedule('cosine', {}),
  makeSchedule('step', { every: 1, gamma: 0.5 }),
  makeSchedule('constant', { warmup: 2 }),
])('$name takes each step at its own rate', async schedule => {
  const options = { ...WHOLE, epochs: EPOCHS, learningRate: 0.5, schedule };
  const { result } = await runTraining(network, data, options);
  expect(result.weights).toEqual(await stepByStep(schedule, 0.5));
});

it('has the same rates if the coordinator updates, and after an interruption', async () => {
  const schedule = makeSchedule('one-cycle', {});
  const options = { batchSize: 16, shards: 3, epochs: EPOCHS, learningRate: 0.5, schedule };
  const { result } = await runTraining(network, data, options);
  const along = await runTraining(network, data, { ...options, update: 'coordinator' });
  expect(along.result.weights).toEqual(result.weights);
  const cut = await runTraining(network, data, { ...options, checkpoint: { every: 5, unit: 'steps' } });
  const rest = await runTraining(network, data, { ...options, resume: cut.checkpoints[0]!.state });
  expect(rest.result.weights).toEqual(result.weights);
});

it('ends after fewer steps than the schedule spans', async () => {
  const schedule = makeSchedule('cosine', {});
  const options = { batchSize: 16, shards: 3, epochs: EPOCHS, learningRate: 0.5, schedule };
  const whole = await runTraining(network, data, {
    ...options,
    ...{ steps: 9, checkpoint: { every: 5, unit: 'steps' } },
  });
  const part = await runTraining(network, data, { ...options, steps: 5, scheduleSteps: 9 });
  expect(part.result).toMatchObject({ steps: 5, stopped: 'steps' });
  expect(part.result.weights).toEqual(whole.checkpoints[0]!.state.weights);
  const other = await runTraining(network, data, { ...options, steps: 5 });
  expect(other.result.weights).not.toEqual(part.result.weights);
});
