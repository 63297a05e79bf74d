/** One training of a batch study: how it ends, what it notes, and a worker that is lost on the way. */
import { expect, it } from 'vitest';
import { configureStudy } from '../../../src/lab/scale/configure.js';
import { runTrial } from '../../../src/lab/scale/trial.js';
import type { Fault } from '../../../src/protocol/fault.js';

const SETUP = { layers: [5, 3], backend: 'wasm', batchSize: 8, workers: 2, search: 0 } as const;

async function trial({ value = 0, learningRate = 0.1, maxEpochs = 2 } = {}, fault: Fault | null = null) {
  const configuration = await configureStudy({
    ...{ mode: 'batch', networks: [[5, 3]], batchSizes: [8], workers: [2], backends: ['wasm'], shards: 2 },
    ...{ data: 'synthetic:160x5x3', load: { validation: 0.25 } },
    search: { target: { metric: 'loss', value }, maxEpochs },
  });
  const { peakBytes: _, ...figures } = await runTrial(
    configuration,
    { ...SETUP, layers: [...SETUP.layers], learningRate },
    fault,
  );
  return figures;
}

/** All but the time. */
const timeless = ({ history, ...figures }: Awaited<ReturnType<typeof trial>>) => ({
  ...{ ...figures, seconds: 0, samplesPerSecond: 0 },
  history: history.map(({ step, value }) => ({ step, value })),
});

it('judges eight times an epoch, and ends with its budget', async () => {
  const { outcome, steps, epochs, history, seconds, samplesPerSecond } = await trial();
  expect(outcome).toBe('budget');
  expect(epochs).toBe(2);
  expect(history.at(-1)!.step).toBe(steps);
  const perEpoch = steps / 2;
  expect(perEpoch).toBe(15);
  const within = history.filter(({ step }) => step <= perEpoch).map(({ step }) => step);
  expect(within).toEqual([2, 4, 6, 8, 10, 12, 14, 15]);
  expect(history.every(({ value }) => Number.isFinite(value))).toBe(true);
  expect(samplesPerSecond * seconds).toBeCloseTo(2 * 120);
});

it('ends within an epoch once the target is reached', async () => {
  const { outcome, steps, history } = await trial({ value: 1000 });
  expect({ outcome, steps }).toEqual({ outcome: 'reached', steps: history[0]!.step });
  expect(history).toHaveLength(1);
});

it('ends if it diverges', async () => {
  const { outcome } = await trial({ learningRate: 1e30 });
  expect(outcome).toBe('diverged');
});

it.each(['throw', 'exit'] as const)('comes to the same if a worker is lost: %s', async kind => {
  const whole = await trial();
  const fault: Fault = { worker: 1, step: 5, phase: 'gradient', kind, times: 1 };
  expect(timeless(await trial({}, fault))).toEqual(timeless(whole));
  const inJudging = { ...fault, step: whole.history[1]!.step, phase: 'validation' } as const;
  expect(timeless(await trial({}, inJudging))).toEqual(timeless(whole));
});

it('reports a worker that is lost again and again', async () => {
  const fault: Fault = { worker: 0, step: 3, phase: 'gradient', kind: 'throw', times: 3 };
  await expect(trial({}, fault)).rejects.toMatchObject({ code: 'failed' });
});
