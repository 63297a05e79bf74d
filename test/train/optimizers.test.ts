/** The update rules in training, compared with PyTorch in float64, and the same bits with any workers. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import {
  type Given,
  makeOptimizer,
  type Optimizer,
  type OptimizerName,
  slabsOf,
} from '../../src/model/optimizer.js';
import { expectAllClose } from '../close.js';
import { makeDataset, randomDataset } from '../datasets.js';
import { FLOAT32_RULES } from '../tolerances.js';
import { WALKS } from './networks.js';
import { bitsOf, runTraining } from './run.js';

interface Fixture {
  layers: number[];
  x: number[];
  y: number[];
  weights: number[];
  runs: {
    name: OptimizerName;
    given: Given;
    l2: number;
    learningRate: number;
    losses: number[];
    finalWeights: number[];
  }[];
}

const fixture = JSON.parse(readFileSync('test/fixtures/optimizers.json', 'utf8')) as Fixture;
const cases = fixture.runs.map(run => {
  const given = { ...run.given, ...(run.l2 > 0 ? { l2: run.l2 } : {}) };
  return [`${run.name} ${JSON.stringify(given)}`, run] as const;
});

const network: Network = {
  layers: fixture.layers,
  hidden: ['tanh', 'tanh'],
  output: 'softmax',
  loss: 'cross-entropy',
};

describe.each(['wasm', 'reference'] as const)('%s', backend => {
  it.each(cases)(
    'takes twenty steps of %s as PyTorch does',
    async (_, { name, given, l2, learningRate, losses, finalWeights }) => {
      const { epochs, result } = await runTraining(network, makeDataset(network, fixture.x, fixture.y), {
        backend,
        optimizer: makeOptimizer(name, given),
        init: Float32Array.from(fixture.weights),
        ...{ l2, learningRate, batchSize: 'full', epochs: 20, shards: 3 },
      });
      expectAllClose(
        epochs.flatMap(epoch => [...epoch.stepLosses]),
        losses,
        FLOAT32_RULES,
        'losses',
      );
      expectAllClose(result.weights, finalWeights, FLOAT32_RULES, 'weights');
    },
  );
});

/** Every rule, with everything that can be combined with it. */
const RULES: Optimizer[] = [
  makeOptimizer('sgd', { momentum: 0.9, nesterov: true, l1: 1e-4 }),
  makeOptimizer('sgd', { clipValue: 1e-3, weightDecay: 0.01 }),
  makeOptimizer('sgd', { momentum: 0.9, clipNorm: 0.1 }),
  makeOptimizer('adam'),
  makeOptimizer('adamw', { clipNorm: 0.1 }),
  makeOptimizer('rmsprop', { momentum: 0.5 }),
  makeOptimizer('adagrad'),
  makeOptimizer('lars', { weightDecay: 1e-4 }),
  makeOptimizer('lamb', { weightDecay: 0.01 }),
  makeOptimizer('lamb', { clipNorm: 0.1 }),
  makeOptimizer('rprop'),
];

/** The rule and what differs from its defaults. */
function describeRule({ name, constants, ...limits }: Optimizer): string {
  const { constants: usual, ...noLimits } = makeOptimizer(name);
  const unlike = Object.entries({ ...usual, ...noLimits });
  const own = Object.entries({ ...constants, ...limits }).filter(
    ([key, value]) => !unlike.some(([k, v]) => k === key && v === value),
  );
  return `${name} ${JSON.stringify(Object.fromEntries(own))}`;
}

describe.each(WALKS)('walked %s', (_, large) => {
  const data = randomDataset(large, 83);

  it.each(RULES.map(rule => [describeRule(rule), rule] as const))(
    '%s gives the same bits with one worker, with three, and with a coordinator',
    async (_, optimizer) => {
      const batchSize = optimizer.name === 'rprop' ? 'full' : 32;
      const options = { optimizer, batchSize, shards: 5, epochs: 2, l2: 1e-3, learningRate: 0.01 } as const;
      const { result: one } = await runTraining(large, data, { ...options, workers: 1 });
      const { result: cut } = await runTraining(large, data, { ...options, steps: 1, workers: 3 });
      expect(Object.keys(cut.state.slabs)).toEqual(slabsOf(optimizer));
      const rest = { resume: cut.state, workers: 2, update: 'coordinator' } as const;
      const { result: whole } = await runTraining(large, data, { ...options, ...rest });
      expect(bitsOf(whole.weights)).toBe(bitsOf(one.weights));
      for (const [name, slab] of Object.entries(whole.state.slabs)) {
        expect(bitsOf(slab), name).toBe(bitsOf(one.state.slabs[name]!));
      }
    },
  );
});
