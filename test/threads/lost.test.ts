/** Lost workers are reported and replaced, and the bits are those of an undisturbed training. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeOptimizer } from '../../src/model/optimizer.js';
import type { Fault } from '../../src/protocol/fault.js';
import type { TrainOptions } from '../../src/train/options.js';
import { randomDataset } from '../datasets.js';
import { NETWORKS, THREE } from '../train/networks.js';
import { type Run, runTraining, withoutTime } from '../train/run.js';

const hangFolder = mkdtempSync(join(tmpdir(), 'lockstep-hang-'));
afterAll(() => rmSync(hangFolder, { recursive: true }));

/** Long enough for a running thread to give a sign of life on a busy machine. */
const STALL = { stallSeconds: 0.5, hangFolder };

function lossesOf({ reports }: Run) {
  return reports.filter(report => report.type === 'lost').map(({ type: _, ...loss }) => loss);
}

describe.each(NETWORKS.map(network => [network.layers.join('-'), network] as const))('%s', (_, network) => {
  const data = randomDataset(network, 53);
  const validation = randomDataset(network, 17, 5);
  // 53 rows in batches of 20: uneven shards and a short last batch; three steps per epoch. A rule with state, and
  // barriers within its update.
  const optimizer = makeOptimizer('adam', { clipNorm: 0.5 });
  const options = { optimizer, shards: 5, workers: 3, batchSize: 20, epochs: 3, learningRate: 0.01 };
  const faults: [Fault, Partial<TrainOptions>][] = [
    [{ worker: 1, step: 5, phase: 'gradient', kind: 'throw', times: 1 }, {}],
    [{ worker: 0, step: 6, phase: 'update', kind: 'exit', times: 2 }, {}],
    [{ worker: 2, step: 1, phase: 'update', kind: 'throw', times: 1 }, { update: 'coordinator' }],
    [{ worker: 1, step: 4, phase: 'gradient', kind: 'exit', times: 1 }, { update: 'coordinator' }],
    [{ worker: 0, step: 6, phase: 'validation', kind: 'exit', times: 1 }, {}],
  ];

  it('gives the same bits', async () => {
    const whole = withoutTime(await runTraining(network, data, options, validation));
    for (const [fault, variant] of faults) {
      const run = await runTraining(network, data, { ...options, ...variant, fault }, validation);
      const { step, phase, times } = fault;
      expect(withoutTime(run), JSON.stringify(fault)).toEqual(whole);
      const lost = { step, phase: phase === 'validation' ? 'validation' : 'training', times };
      expect(lossesOf(run).at(-1)).toMatchObject(lost);
      expect(lossesOf(run)).toHaveLength(times);
    }
  });
});

describe('a worker that hangs', () => {
  const data = randomDataset(THREE, 50);
  const options = { shards: 4, batchSize: 8, epochs: 2, ...STALL };
  const hang = (phase: Fault['phase'], worker: number): Fault => {
    return { worker, step: 7, phase, kind: 'hang', times: 1 };
  };

  it.each([
    [hang('gradient', 1), 'sharded' as const],
    [hang('update', 0), 'sharded' as const],
    [hang('gradient', 0), 'coordinator' as const],
    [hang('validation', 1), 'sharded' as const],
  ])('is named, terminated and replaced: %o, %s', async (fault, update) => {
    const whole = await runTraining(THREE, data, options, data);
    const run = await runTraining(THREE, data, { ...options, update, fault }, data);
    expect(withoutTime(run)).toEqual(withoutTime(whole));
    expect(lossesOf(run)).toMatchObject([{ worker: fault.worker, step: 7, reason: 'no progress for 0.5 s' }]);
  });
});

describe('a training', () => {
  const data = randomDataset(THREE, 50);

  it.each([
    ['gradient', /^step 9 \(epoch 2\): .* lost one 3 times: worker 1: a fault, as asked for\.$/],
    ['update', /^step 9 \(epoch 2\): /],
  ] as const)('fails if workers are lost three times at one step, phase %s', async (phase, message) => {
    const fault: Fault = { worker: 1, step: 9, phase, kind: 'throw', times: 3 };
    await expect(runTraining(THREE, data, { batchSize: 8, fault })).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('stallSeconds'),
    });
  });

  it('with one worker recovers from its loss', async () => {
    const options = { workers: 1, shards: 3, batchSize: 8 };
    const whole = await runTraining(THREE, data, options);
    const fault: Fault = { worker: 0, step: 9, phase: 'update', kind: 'exit', times: 2 };
    const run = await runTraining(THREE, data, { ...options, fault });
    expect(withoutTime(run)).toEqual(withoutTime(whole));
  });

  it('makes the same checkpoints as without the loss', async () => {
    const options = { batchSize: 8, checkpoint: { every: 2, unit: 'steps' } as const };
    const whole = await runTraining(THREE, data, options);
    const fault: Fault = { worker: 1, step: 5, phase: 'update', kind: 'exit', times: 1 };
    const run = await runTraining(THREE, data, { ...options, fault });
    const states = ({ checkpoints }: Run) => checkpoints.map(({ state }) => ({ ...state, milliseconds: 0 }));
    expect(states(run)).toEqual(states(whole));
  });
});
