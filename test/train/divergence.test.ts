/** A training diverges when its loss is far beyond that of no prediction, long before numbers overflow. */
import { expect, it } from 'vitest';
import type { ColumnEncoding } from '../../src/data/dataset.js';
import { greatestLoss } from '../../src/train/divergence.js';
import { networkFor } from '../../src/train/make-network.js';
import { randomDataset } from '../datasets.js';

it('allows a million times the loss of always predicting 0', () => {
  const network = { ...networkFor([2, 1], 'tanh', 'regression') };
  const data = { ...randomDataset(network, 3), y: Float32Array.of(1, -2, 3) };
  expect(greatestLoss(network, data)).toBeCloseTo((1e6 * (1 + 4 + 9)) / 2 / 3, 3);
  expect(greatestLoss({ ...network, loss: 'absolute' }, data)).toBeCloseTo(2e6, 3);
  expect(greatestLoss({ ...network, loss: 'huber', huberDelta: 1 }, data)).toBeCloseTo((1e6 * 5.5) / 3, 3);
});

it('allows a million for each output if targets are 0 or classes', () => {
  const network = networkFor([2, 1], 'tanh', 'regression');
  expect(greatestLoss(network, { ...randomDataset(network, 3), y: new Float32Array(3) })).toBe(1e6);
  const classes = networkFor([2, 4], 'tanh', 'multiclass');
  expect(greatestLoss(classes, randomDataset(classes, 9))).toBe(4e6);
});

it('sets no limit for an autoencoder unless its inputs are known to be scaled', () => {
  const network = networkFor([2, 1, 2], 'tanh', 'regression');
  const data = randomDataset(network, 3);
  const limitOf = (columns: ColumnEncoding[]) =>
    greatestLoss(network, { ...data, encoding: { ...data.encoding, columns, targetIsInput: true } });
  const column = (mean: number) => ({ name: 'a', kind: 'number' as const, mean, deviation: 1, fill: null });
  expect(limitOf([])).toBe(Number.POSITIVE_INFINITY);
  expect(limitOf([column(3), column(0)])).toBe(Number.POSITIVE_INFINITY);
  expect(limitOf([column(3), column(2)])).toBeLessThan(1e9);
});
