/** E of predictions in float64, judged by scikit-learn's. */
import { expect, it } from 'vitest';
import { lossOfPredictions } from '../../../src/judge/scores/loss.js';
import type { Network } from '../../../src/model/network.js';
import { makeDataset } from '../../datasets.js';

const Y = [1, -2, 3.5, 0, 7, 2.25];
const Y_HAT = Float64Array.of(0.5, -1, 3.5, 1.25, 4, 6);
const WEIGHTS = Float32Array.of(1, 2, 0.5, 1, 3, 0.25);

/** mean_pinball_loss of scikit-learn 1.9.1: quantile, without and with weights. */
const PINBALL = [
  [0.1, 0.9583333333333334, 0.6088709677419355],
  [0.5, 0.7916666666666666, 0.8830645161290323],
  [0.9, 0.625, 1.1572580645161292],
] as const;

it.each(PINBALL)('quantile %d', (quantile, plain, weighted) => {
  const network: Network = { layers: [1, 1], hidden: [], output: 'identity', loss: 'quantile', quantile };
  const data = makeDataset(network, Y, Y);
  const loss = (given: Partial<typeof data>) =>
    lossOfPredictions(network, { ...data, ...given }, Y_HAT, 'mean');
  expect(loss({})).toBeCloseTo(plain, 14);
  expect(loss({ weights: WEIGHTS })).toBeCloseTo(weighted, 14);
});
