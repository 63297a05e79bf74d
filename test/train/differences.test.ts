/** Squared, Huber's and absolute errors, with and without weights of rows. */

import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { readInputs } from '../../src/data/rows.js';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { lossOf } from '../../src/reference/mlp.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { ROBUST } from './networks.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

const SSE: Network = { layers: [4, 9, 2], hidden: ['tanh'], output: 'identity', loss: 'sse' };
const named = [SSE, ...ROBUST].map(network => [network.loss, network] as const);

function withWeights(data: Dataset): Dataset {
  const weights = new Float32Array(data.rows);
  weights.forEach((_, i) => {
    weights[i] = i % 4;
  });
  return { ...data, weights };
}

/** √(Σ v (y − ŷ)² / (Σ v · outputs)). */
function rmseOf({ y, weights, outputs, rows }: Dataset, predictions: Float64Array): number {
  const v = (i: number) => weights?.[Math.floor(i / outputs)] ?? 1;
  const squares = predictions.reduce((sum, yHat, i) => sum + v(i) * (y[i]! - yHat) ** 2, 0);
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? rows;
  return Math.sqrt(squares / (total * outputs));
}

describe.each(named)('the error %s', (_, network) => {
  const plain = randomDataset(network, 101);

  it.each([
    ['rows', plain],
    ['rows with weights', withWeights(plain)],
  ])('of %s equals the reference’s, and the RMSE is that of the predictions', async (__, data) => {
    const { epochs, result } = await runTraining(
      network,
      data,
      { epochs: 2, batchSize: 'full', l2: 0 },
      data,
    );
    const judged = await evaluate(network, result.weights, data, trainOptions());
    const rmse = rmseOf(data, judged.predictions);
    expect(judged.rmse! / rmse).toBeCloseTo(1, 5);
    expect(result.validation!.rmse! / rmse).toBeCloseTo(1, 5);
    const rowWeights = data.weights;
    const E = lossOf(network, result.weights, readInputs(data), data.y, {
      ...{ reduction: 'mean', l2: 0 },
      ...(rowWeights && { rowWeights }),
    });
    expect(judged.loss / E).toBeCloseTo(1, 5);
    // A full batch is judged before its step, with the weights after the previous epoch; its rows are in another order.
    expect(epochs[1]!.training.loss / epochs[0]!.validation!.loss).toBeCloseTo(1, 12);
  });

  it('has the same bits with any number of workers, and after an interruption', async () => {
    const options = { shards: 3, batchSize: 16, epochs: 2, noiseScale: true };
    const whole = await runTraining(network, plain, { ...options, workers: 1 }, plain);
    const begun = await runTraining(network, plain, { ...options, workers: 3, steps: 10 }, plain);
    expect(begun.result.state.step).toBe(3);
    const rest = await runTraining(
      network,
      plain,
      { ...options, workers: 2, resume: begun.result.state },
      plain,
    );
    expect(bitsOf(rest.result.weights)).toBe(bitsOf(whole.result.weights));
    expect(withoutTime(rest, 2)).toEqual(withoutTime(whole, 2));
  });

  it('falls in every step of L-BFGS', async () => {
    const optimizer = makeOptimizer('lbfgs', {});
    const options = { optimizer, batchSize: 'full', epochs: 20, learningRate: 1 } as const;
    const { epochs } = await runTraining(network, plain, options);
    const losses = epochs.map(({ training }) => training.loss);
    expect(losses.length).toBeGreaterThan(5);
    losses.slice(1).forEach((loss, i) => void expect(loss).toBeLessThanOrEqual(losses[i]!));
    for (const { training } of epochs) expect(training.rmse).toBeGreaterThan(0);
  });
});
