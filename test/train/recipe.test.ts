/** The recipe of --preset tabular beside its transcription in float64 (scripts/oracles/recipe.py), step by step. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Activation } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { makeSchedule } from '../../src/model/schedule.js';
import { computeGradient } from '../../src/train/jobs/gradient.js';
import { networkFor } from '../../src/train/make-network.js';
import { makeDataset } from '../datasets.js';
import { runTraining } from './run.js';

interface Step {
  loss: number;
  weights: number[];
  gradient: number[];
}

interface Fixture {
  batchSize: number;
  epochs: number;
  runs: {
    task: 'multiclass' | 'regression';
    layers: number[];
    activation: Activation;
    learningRate: number;
    x: number[][];
    y: number[] | number[][];
    steps: Step[];
  }[];
}

const LOSS = 1e-4;
const GRADIENT = 1e-5;

const { batchSize, epochs, runs }: Fixture = JSON.parse(readFileSync('test/fixtures/recipe.json', 'utf8'));

/** The largest |got − expected|. */
function distance(got: ArrayLike<number>, expected: readonly number[]): number {
  expect(got).toHaveLength(expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(got[i]! - value)));
}

describe.each(['native', 'wasm', 'reference'] as const)('%s', backend => {
  describe.each(runs.map(run => [run.task, run] as const))('%s', (_, run) => {
    const network = networkFor(run.layers, run.activation, run.task);
    const rows = (from: number, to: number) =>
      makeDataset(network, run.x.slice(from, to).flat(), run.y.slice(from, to).flat());

    it('has the losses of fifty steps', async () => {
      const { epochs: trained } = await runTraining(network, rows(0, run.x.length), {
        ...{ backend, batchSize, epochs, dropLast: true, shuffle: false, learningRate: run.learningRate },
        init: Float32Array.from(run.steps[0]!.weights),
        optimizer: makeOptimizer('adam', { beta2: 0.95, biasRate: 0.1, fanInRate: true, inputScale: 6 }),
        schedule: makeSchedule('coslog4', {}),
      });
      const losses = trained.flatMap(({ stepLosses }) => [...stepLosses]);
      const expected = run.steps.map(({ loss }) => loss);
      expect(expected.length).toBeGreaterThanOrEqual(50);
      expect(distance(losses, expected)).toBeLessThan(LOSS);
      // The losses fall, so that equal losses say something.
      expect(expected.at(-1)).toBeLessThan(expected[0]! / 2);
    });

    it("has each step's gradient at the same weights", async () => {
      const perEpoch = Math.floor(run.x.length / batchSize);
      for (const [i, { weights, gradient }] of run.steps.entries()) {
        const from = (i % perEpoch) * batchSize;
        const data = rows(from, from + batchSize);
        const machine = { backend, workers: 1 } as const;
        const { gradE } = await computeGradient(network, Float32Array.from(weights), data, machine);
        expect(distance(gradE, gradient), `step ${i + 1}`).toBeLessThan(GRADIENT);
      }
    });
  });
});
