/** Dropout and input noise: the same bits with any workers, PyTorch's losses, and no effect on judging. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { expectAllClose } from '../close.js';
import { makeDataset, randomDataset } from '../datasets.js';
import { FLOAT32_RULES } from '../tolerances.js';
import { WALKS } from './networks.js';
import { bitsOf, runTraining } from './run.js';

const PERTURBED = { dropout: [0.5, 0.2], inputDropout: 0.1, inputNoise: 0.3 };

describe.each(WALKS)('walked %s', (_, network) => {
  const data = randomDataset(network, 83);
  const options = { ...PERTURBED, batchSize: 32, shards: 5, epochs: 2, learningRate: 0.05 } as const;

  it('gives the same bits with one worker, with three, and with a coordinator', async () => {
    const { result: one } = await runTraining(network, data, { ...options, workers: 1 });
    const { result: cut } = await runTraining(network, data, { ...options, steps: 2, workers: 3 });
    const rest = { resume: cut.state, workers: 2, update: 'coordinator' } as const;
    const { result: whole } = await runTraining(network, data, { ...options, ...rest });
    expect(bitsOf(whole.weights)).toBe(bitsOf(one.weights));
  });

  it('changes with each of the three options, and with the seed', async () => {
    const seeds = [1, 2].map(seed => ({ seed, init: new Float32Array(parametersOf(network)).fill(0.1) }));
    const kinds = [{}, { dropout: [0.5, 0] }, { inputDropout: 0.1 }, { inputNoise: 0.3 }];
    const runs = kinds.flatMap(kind => seeds.map(seed => ({ ...kind, ...seed })));
    const plain = { ...options, dropout: [0, 0], inputDropout: 0, inputNoise: 0, shuffle: false };
    const hashes: string[] = [];
    for (const run of runs) {
      const { result } = await runTraining(network, data, { ...plain, ...run, epochs: 1 });
      hashes.push(bitsOf(result.weights));
    }
    // Without any of them, the seed has no effect here.
    expect(new Set(hashes).size).toBe(7);
  });
});

it.each(['wasm', 'reference'] as const)(
  '%s trains on digits as PyTorch does with the same masks',
  async backend => {
    // scripts/oracles/dropout.py --fixture
    const { pixels, labels, steps, first, final } = JSON.parse(
      readFileSync('test/fixtures/dropout.json', 'utf8'),
    ) as Record<'pixels' | 'labels' | 'first' | 'final', number[]> & { steps: number };
    const network: Network = {
      ...{ layers: [64, 9, 7, 10], hidden: ['tanh', 'tanh'], output: 'softmax', loss: 'cross-entropy' },
    };
    const data = makeDataset(
      network,
      pixels.map(value => value / 16),
      labels,
    );
    const { result } = await runTraining(network, data, {
      ...{ dropout: [0.5, 0.25], inputDropout: 0.2, seed: 3, init: Float32Array.from(first), shuffle: false },
      ...{ batchSize: 16, epochs: 4, learningRate: 0.1, shards: 3, workers: 2, backend },
    });
    expect(result.steps).toBe(steps);
    expectAllClose(result.weights, final, FLOAT32_RULES, 'weights');
  },
);

it('judges validation rows with the whole network', async () => {
  const [, network] = WALKS[0]!;
  const data = randomDataset(network, 64);
  // The rate is too small to change a weight, so both judgements are equal.
  const still = { learningRate: 1e-30, epochs: 1, batchSize: 16 } as const;
  const judged = async (options: object) =>
    (await runTraining(network, data, { ...still, ...options }, data)).result;
  const plain = await judged({});
  const perturbed = await judged(PERTURBED);
  expect(perturbed.validation).toEqual(plain.validation);
  expect(perturbed.training.loss).not.toBe(plain.training.loss);
});

it.each([
  [{ dropout: [0.5] }, 'dropout: expected 2 rates (the hidden layers), got 1.'],
  [{ dropout: [0.5, 1] }, 'dropout: expected a number from 0, below 1 in float32 too, got 1.'],
  [{ inputDropout: -0.1 }, 'inputDropout: expected a number from 0, below 1 in float32 too, got -0.1.'],
  [
    { inputNoise: 0.1, optimizer: makeOptimizer('lbfgs'), batchSize: 'full' as const },
    'optimizer: "lbfgs": expected an E that stays the same for the same weights, got inputNoise.',
  ],
  [{ inputNoise: Number.NaN }, 'inputNoise: expected a number from 0 that float32 can hold, got NaN.'],
])('refuses %j', async (options, message) => {
  const [, network] = WALKS[0]!;
  await expect(runTraining(network, randomDataset(network, 32), options)).rejects.toThrow(message);
});

function parametersOf({ layers }: Network): number {
  return layers.slice(1).reduce((sum, outputs, i) => sum + (layers[i]! + 1) * outputs, 0);
}
