/** How the time of steps divides into phases, and the learning rate of an epoch. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { PHASE_STRIDE, PHASES } from '../../src/model/plan.js';
import { factorAt, makeSchedule } from '../../src/model/schedule.js';
import { measuredEvery, PhaseTimes } from '../../src/session/phases.js';
import { randomDataset } from '../datasets.js';
import { runTraining } from '../train/run.js';

describe('phase times', () => {
  it('are shares over all workers, since the last call and since the start', () => {
    const slots = new Float64Array(2 * PHASE_STRIDE);
    const times = new PhaseTimes(slots);
    expect([times.take(), times.ofAll]).toEqual([null, null]);
    slots[PHASES.indexOf('forward')] = 3;
    slots[PHASE_STRIDE + PHASES.indexOf('waiting')] = 1;
    expect(times.take()).toEqual({ gather: 0, forward: 0.75, backward: 0, update: 0, waiting: 0.25 });
    slots[PHASES.indexOf('update')] = 4;
    expect(times.take()).toMatchObject({ update: 1 });
    expect([times.take(), times.ofAll?.update]).toEqual([null, 0.5]);
  });

  it.each([
    [1, 1],
    [63, 1],
    [64, 2],
    [512, 16],
    [100_000, 16],
  ])('measure, with %i steps per epoch, one step in %i', (steps, every) => {
    expect(measuredEvery(steps)).toBe(every);
  });
});

const network: Network = { layers: [5, 8, 3], hidden: ['tanh'], output: 'softmax', loss: 'cross-entropy' };
const data = randomDataset(network, 64);

it.each(['sharded', 'coordinator'] as const)(
  'reports phase times for each epoch of a training: update %s',
  async update => {
    const options = { batchSize: 16, shards: 2, workers: 2, epochs: 2, update };
    const { epochs, result } = await runTraining(network, data, options);
    for (const phases of [...epochs.map(epoch => epoch.phases), result.phases]) {
      const shares = PHASES.map(phase => phases![phase]);
      expect(shares.every(share => share >= 0)).toBe(true);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(phases!.forward).toBeGreaterThan(0);
    }
  },
);

it('reports the learning rate of an epoch’s last step', async () => {
  const schedule = makeSchedule('cosine', {});
  const { epochs } = await runTraining(network, data, {
    ...{ batchSize: 16, epochs: 3, schedule },
    learningRate: 0.5,
  });
  const extent = { epoch: 0, steps: 12 };
  const expected = [3, 7, 11].map(before => 0.5 * factorAt(schedule, before, extent));
  expect(epochs.map(({ learningRate }) => learningRate)).toEqual(expected);
});
