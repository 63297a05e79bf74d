/** The library and the command line have the same defaults. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaults } from '../../src/config/settings.js';
import { LOAD_DEFAULTS } from '../../src/data/load-options.js';
import {
  evaluate,
  hashWeights,
  loadData,
  loadModel,
  networkFor,
  type TrainResult,
  train,
} from '../../src/index.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { NOTHING_MORE, withDefaults } from '../../src/train/defaults.js';
import { randomDataset } from '../datasets.js';
import { makeFolder, runInside } from './lockstep.js';

const SOURCE = 'synthetic:200x5x3';

it('trains to the same bits, with the same metrics', async () => {
  const run = join(makeFolder(), 'run');
  const { code, stdout } = await runInside(['train', SOURCE, '--json', '--quiet', '--out', run]);
  expect(code).toBe(0);
  const expected = JSON.parse(stdout);

  const { train: data } = await loadData(SOURCE);
  const network = networkFor([data.features, 128, data.outputs], 'relu', data.task);
  let result!: TrainResult;
  for await (const report of train(network, data)) if (report.type === 'end') result = report.result;
  const { weights, training, epochs, steps } = result;
  expect(hashWeights(network, weights)).toBe(expected.weightsSha256);
  expect({ loss: training.loss, epochs, steps }).toEqual({
    ...{ loss: expected.loss, epochs: expected.epochs, steps: expected.steps },
  });

  const model = await loadModel(join(run, 'model.safetensors'));
  const { loss, accuracy } = await evaluate(model.network, model.weights, data);
  expect(await evaluate(network, weights, data)).toMatchObject({ loss, accuracy });
});

it('has the defaults of the table of options', () => {
  const table: Record<string, unknown> = defaults();
  const network = networkFor([4, 3], 'relu', 'multiclass');
  const given = withDefaults(randomDataset(network, 50), network, {});
  // One function settles the defaults that depend on the data for both.
  const { learningRate: _, batchSize: __, signal: ___, optimizer, ...training } = given;
  expect(optimizer.name).toBe('sgd');
  const hidden = networkFor([4, 8, 3], 'relu', 'multiclass');
  expect(withDefaults(randomDataset(hidden, 50), hidden, {}).optimizer.name).toBe('adam');
  const other = new Set(['standardizeTargets', ...Object.keys(NOTHING_MORE)]);
  for (const [name, value] of Object.entries({ ...training, ...LOAD_DEFAULTS })) {
    if (!other.has(name)) expect({ [name]: table[name] }).toEqual({ [name]: value });
  }
});

it('gives optimizers for whole batches whole batches', () => {
  const network = networkFor([4, 3], 'relu', 'multiclass');
  const data = randomDataset(network, 50);
  expect(withDefaults(data, network, { optimizer: makeOptimizer('rprop') }).batchSize).toBe('full');
  expect(withDefaults(data, network, {}).batchSize).toBe(32);
});
