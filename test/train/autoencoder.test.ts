/** Inputs as targets: training gives the same bits as with a copy of x as y. */

import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { toReconstruct } from '../../src/data/reconstruction.js';
import { readInputs, takeRows } from '../../src/data/rows.js';
import { initialWeights } from '../../src/model/init.js';
import { describeNetwork, type Loss, type Network } from '../../src/model/network.js';
import { lossOf } from '../../src/reference/mlp.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import { changeInputs, randomDataset, trainOptions } from '../datasets.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

const network = (hidden: number[], loss: Loss) =>
  describeNetwork({
    layers: [6, ...hidden, 6],
    hidden: hidden.map(() => 'tanh'),
    output: loss === 'sse' ? 'identity' : 'sigmoid',
    loss,
  });

/** Rows with values from 0 to 1. */
function rowsOf(net: Network, rows: number, seed = 1): Dataset {
  const data = randomDataset(net, rows, seed);
  return changeInputs(data, inputs => {
    inputs.forEach((value, i) => {
      inputs[i] = 1 / (1 + Math.exp(-value));
    });
  });
}

// The first is walked by shard, the second by block.
describe.each([
  [[3], 'sse'],
  [[900, 300], 'sse'],
  [[3], 'binary-cross-entropy'],
] as const)('an autoencoder with %j hidden units and %s', (hidden, loss) => {
  const net = network([...hidden], loss);
  const plain = rowsOf(net, 101);
  const data = toReconstruct(plain);
  const validation = toReconstruct(rowsOf(net, 31, 5));
  const options = { shards: 4, epochs: 2, learningRate: 0.01, workers: 2 };

  it('gives the same bits as one whose targets are a copy, with any number of workers', async () => {
    const copied = { ...plain, y: readInputs(plain) };
    const { result } = await runTraining(net, copied, options);
    for (const workers of [1, 2, 3]) {
      const own = await runTraining(net, data, { ...options, workers }, validation);
      expect(bitsOf(own.result.weights)).toBe(bitsOf(result.weights));
      // Under binary cross-entropy, a copy is judged as classes.
      expect(own.result.training.loss).toBe(result.training.loss);
      if (loss === 'sse') expect(own.result.training.rmse).toBe(result.training.rmse);
    }
  });

  it('resumes from a checkpoint to the same bits, with noise on its inputs', async () => {
    const noisy = { ...options, inputNoise: 0.3, inputDropout: 0.1 };
    const whole = await runTraining(net, data, { ...noisy, epochs: 3 }, validation);
    const begun = await runTraining(net, data, { ...noisy, epochs: 3, steps: 9 }, validation);
    const resumed = await runTraining(
      net,
      data,
      { ...noisy, epochs: 3, resume: begun.result.state },
      validation,
    );
    expect(bitsOf(resumed.result.weights)).toBe(bitsOf(whole.result.weights));
    expect(withoutTime(resumed, 2)).toEqual(withoutTime(whole, 2));
  });

  it('is judged by the differences between outputs and inputs', async () => {
    const { result } = await runTraining(net, data, options, validation);
    const judged = await evaluate(net, result.weights, validation, {
      ...trainOptions(),
      metrics: ['r2', 'mae'],
    });
    const x = readInputs(validation);
    let squares = 0;
    judged.predictions.forEach((value, i) => {
      squares += (value - x[i]!) ** 2;
    });
    expect(judged.rmse).toBeCloseTo(Math.sqrt(squares / judged.predictions.length), 5);
    expect(judged.rmse).toBeCloseTo(result.validation!.rmse!, 6);
    expect(judged.metrics!.r2).toBeLessThan(1);
    const E = lossOf(net, result.weights, x, x, { reduction: 'mean', l2: 0 });
    expect(judged.loss / E).toBeCloseTo(1, 5);
  });
});

describe('binary cross-entropy of values from 0 to 1', () => {
  const net = network([3], 'binary-cross-entropy');

  it('counts a row of weight 2 twice', async () => {
    const one = toReconstruct(rowsOf(net, 2));
    const weights = Float32Array.of(2, 1);
    const twice = { ...one, rows: 3, x: takeRows(one.x, Uint32Array.of(0, 0, 1)) };
    const w = initialWeights(net, 1);
    const judged = await evaluate(net, w, { ...one, weights });
    const expected = await evaluate(net, w, twice);
    expect(judged.loss).toBeCloseTo(expected.loss, 6);
    expect(judged.rmse).toBeCloseTo(expected.rmse!, 6);
  });

  it.each([
    [-0.01, 'test data, row 3, column "feature_4": expected values from 0 to 1, as the loss'],
    [1.5, 'got 1.5.'],
    [Number.NaN, 'got NaN.'],
  ])('is refused if one of them is %d', async (stranger, message) => {
    const data = changeInputs(toReconstruct(rowsOf(net, 20)), inputs => {
      inputs[15] = stranger;
    });
    const names = Array.from({ length: 6 }, (_, k) => `feature_${k + 1}`);
    const targetScales = names.map(() => ({ mean: 0, deviation: 1 }));
    const encoding = { ...data.encoding, targets: names, targetScales };
    const refused = expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) });
    await expect(runTraining(net, { ...data, encoding }, {})).rejects.toEqual(refused);
    const elsewhere = { ...data, encoding, rowNumbers: Uint32Array.from({ length: 20 }, (_, i) => 100 + i) };
    await expect(evaluate(net, initialWeights(net, 1), elsewhere)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('test data, row 102, column "feature_4": expected values from 0 to 1'),
      hint: expect.stringMatching(/^Correct the cell, leave its row out, or give the query/),
    });
  });

  it('is refused for other targets', async () => {
    const data = { ...rowsOf(net, 20), task: 'regression' as const };
    await expect(runTraining(net, data, {})).rejects.toThrow('got binary-cross-entropy.');
  });
});
