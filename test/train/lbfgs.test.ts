/** L-BFGS in training: SciPy's losses on real data, and the same bits with any workers and interruptions. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import type { Network } from '../../src/model/network.js';
import { type Given, makeOptimizer, slabsOf } from '../../src/model/optimizer.js';
import { makeSchedule } from '../../src/model/schedule.js';
import type { Fault } from '../../src/protocol/fault.js';
import type { TrainOptions } from '../../src/train/options.js';
import { expectAllClose } from '../close.js';
import { makeDataset, randomDataset } from '../datasets.js';
import { FLOAT32_DESCENT } from '../tolerances.js';
import { WALKS } from './networks.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

interface Fixture {
  x: number[];
  y: number[];
  runs: {
    layers: number[];
    l2: number;
    weights: number[];
    losses: number[];
    E: number;
    steps: number;
    evaluations: number;
    finalWeights: number[];
  }[];
}

const { x, y, runs } = JSON.parse(readFileSync('test/fixtures/lbfgs.json', 'utf8')) as Fixture;
const lbfgs = makeOptimizer('lbfgs');
const OPTIONS = { optimizer: lbfgs, batchSize: 'full', learningRate: 1, shards: 4 } as const;

function softmax(layers: number[]): Network {
  return { layers, hidden: layers.slice(2).map(() => 'tanh'), output: 'softmax', loss: 'cross-entropy' };
}

describe.each(['wasm', 'reference'] as const)('%s', backend => {
  it.each(runs.map(run => [run.layers.join(), run] as const))(
    'has the losses of SciPy’s L-BFGS-B on iris, %s',
    async (_, { layers, l2, weights, losses }) => {
      const network = softmax(layers);
      const epochs = losses.length;
      const init = Float32Array.from(weights);
      const run = await runTraining(network, makeDataset(network, x, y), {
        ...OPTIONS,
        backend,
        l2,
        epochs,
        init,
      });
      expectAllClose(
        run.epochs.map(({ training }) => training.loss),
        losses,
        FLOAT32_DESCENT,
        'losses',
      );
    },
  );
});

it('converges to SciPy’s E within 1e-6, after about as many evaluations', async () => {
  const [{ layers, l2, weights, E, evaluations }] = runs as [Fixture['runs'][0]];
  const network = softmax(layers);
  const init = Float32Array.from(weights);
  const options = { ...OPTIONS, l2, epochs: 1000, init };
  const { result, epochs } = await runTraining(network, makeDataset(network, x, y), options);
  expect(result.stopped).toBe('converged');
  const squares = result.weights.subarray(layers[1]!).reduce((sum, w) => sum + w * w, 0);
  expect(Math.abs(result.training.loss + (l2 / 2) * squares - E) / E).toBeLessThan(1e-6);
  expect(result.evaluations).toBeLessThan(1.5 * evaluations);
  expect(result.evaluations).toBe(epochs.at(-1)!.evaluations);
  // The loss of an epoch is that of the weights after it, so the best weights are those of the last epoch that fell.
  expect(result.state.best!.value).toBe(Math.min(...epochs.map(({ training }) => training.loss)));
});

describe.each(WALKS)('walked %s', (_, network) => {
  const data = randomDataset(network, 43);
  const optimizer = makeOptimizer('lbfgs', { history: 3 });
  const options = { ...OPTIONS, optimizer, shards: 5, epochs: 8, l2: 1e-3 };

  it('gives the same bits with one worker, with three, and resumed with two', async () => {
    const { result: one } = await runTraining(network, data, { ...options, workers: 1 });
    for (const steps of [1, 2, 5]) {
      const { result: cut } = await runTraining(network, data, { ...options, steps, workers: 3 });
      expect(Object.keys(cut.state.slabs)).toEqual(slabsOf(optimizer));
      const { result: whole } = await runTraining(network, data, {
        ...options,
        resume: cut.state,
        workers: 2,
      });
      expect(bitsOf(whole.weights)).toBe(bitsOf(one.weights));
      expect(whole.state.numbers).toEqual(one.state.numbers);
      for (const [name, slab] of Object.entries(whole.state.slabs)) {
        expect(bitsOf(slab), name).toBe(bitsOf(one.state.slabs[name]!));
      }
    }
  });

  it('gives the same bits after losing workers', async () => {
    const whole = withoutTime(await runTraining(network, data, { ...options, workers: 3 }));
    const faults: Fault[] = [
      { worker: 1, step: 1, phase: 'gradient', kind: 'throw', times: 1 },
      { worker: 0, step: 6, phase: 'update', kind: 'exit', times: 2 },
    ];
    for (const fault of faults) {
      const run = await runTraining(network, data, { ...options, workers: 3, fault });
      expect(withoutTime(run), JSON.stringify(fault)).toEqual(whole);
    }
  });
});

describe('L-BFGS', () => {
  const network = softmax([4, 3]);
  const data = makeDataset(network, x, y);
  const train = (options: Partial<TrainOptions>, rows: Dataset = data) =>
    runTraining(network, rows, { ...OPTIONS, epochs: 50, ...options });

  it('stops when no weight changes by more than the tolerance', async () => {
    const { result } = await train({ tolerance: 0.01, l2: 0.01, epochs: 500 });
    expect(result.stopped).toBe('tolerance');
  });

  it('lowers E in every step, or stops', async () => {
    const { epochs } = await train({ reduction: 'sum' });
    const losses = epochs.map(({ training }) => training.loss);
    for (let i = 1; i < losses.length; i++)
      expect(losses[i]).toBeLessThanOrEqual(losses[i - 1]! * (1 + 1e-6));
  });

  it('reports divergence if E is not finite at the start', async () => {
    const init = new Float32Array(15).fill(Number.MAX_VALUE);
    await expect(train({ init })).rejects.toMatchObject({ code: 'diverged' });
  });

  const refused: [string, Partial<TrainOptions>, RegExp][] = [
    ['parts', { batchSize: 20 }, /optimizer: "lbfgs" needs batchSize: "full", as it compares E.*got parts/],
    ['the coordinator', { update: 'coordinator' }, /expected update: "sharded"/],
    ['L1', rule({ l1: 0.1 }), /expected no l1/],
    ['clipping', rule({ clipNorm: 1 }), /expected ∇E as it is/],
    ['no history', rule({ history: 0 }), /history: expected a whole number from 1, got 0/],
    ['a schedule', { schedule: makeSchedule('cosine', {}) }, /constant learningRate/],
  ];
  it.each(refused)('refuses %s', async (_, options, message) => {
    await expect(train(options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it('refuses a state without the numbers of the rule', async () => {
    const { result } = await train({ epochs: 2 });
    const { numbers: _, ...state } = result.state;
    await expect(train({ resume: state })).rejects.toThrow('expected numbers of the update rule 15, got 0');
  });
});

function rule(given: Given<'lbfgs'>): Partial<TrainOptions> {
  return { optimizer: makeOptimizer('lbfgs', given) };
}
