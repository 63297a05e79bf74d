/** Targets that are the inputs: the training is that on a copy of x as y, bit for bit. */
import { describe, expect, it } from 'vitest';
import { toReconstruct } from '../../src/data/reconstruction.js';
import { describeNetwork } from '../../src/model/network.js';
import { evaluate } from '../../src/train/evaluate.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

const network = (hidden: number[]) =>
  describeNetwork({
    layers: [6, ...hidden, 6],
    hidden: hidden.map(() => 'tanh'),
    output: 'identity',
    loss: 'sse',
  });

// By shard, and by block.
describe.each([[[3]], [[900, 300]]])('an autoencoder of %j hidden units', hidden => {
  const net = network(hidden);
  const plain = randomDataset(net, 101);
  const data = toReconstruct(plain);
  const validation = toReconstruct(randomDataset(net, 31, 5));
  const options = { shards: 4, epochs: 2, learningRate: 0.01, workers: 2 };

  it('has the bits of one whose targets are a copy, and those of any number of workers', async () => {
    const copied = { ...plain, y: plain.x as Float32Array };
    const { result } = await runTraining(net, copied, options);
    for (const workers of [1, 2, 3]) {
      const own = await runTraining(net, data, { ...options, workers }, validation);
      expect(bitsOf(own.result.weights)).toBe(bitsOf(result.weights));
      expect(own.result.training).toEqual(result.training);
    }
  });

  it('goes on from a checkpoint to the same bits, with noise on its inputs', async () => {
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

  it('is judged by how far its outputs are from its inputs', async () => {
    const { result } = await runTraining(net, data, options, validation);
    const judged = await evaluate(net, result.weights, validation, {
      ...trainOptions(),
      metrics: ['r2', 'mae'],
    });
    let squares = 0;
    judged.predictions.forEach((value, i) => {
      squares += (value - validation.x[i]!) ** 2;
    });
    expect(judged.rmse).toBeCloseTo(Math.sqrt(squares / judged.predictions.length), 5);
    expect(judged.rmse).toBeCloseTo(result.validation!.rmse!, 6);
    expect(judged.metrics!.r2).toBeLessThan(1);
  });
});
