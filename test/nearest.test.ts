import { expect, it } from 'vitest';
import { nearest } from '../src/nearest.js';

const NAMES = ['batch-size', 'epochs', 'hidden', 'lr', 'no-shuffle', 'seed', 'workers'];

it.each([
  ['epoch', 'epochs'],
  ['epohcs', 'epochs'],
  ['batchsize', 'batch-size'],
  ['batch', 'batch-size'],
  ['worker', 'workers'],
  ['shuffle', 'no-shuffle'],
  ['ls', 'lr'],
  ['sed', 'seed'],
  ['xyz', undefined],
  ['', undefined],
  ['momentum', undefined],
])('for %j it is %j', (typed, name) => {
  expect(nearest(typed, NAMES)).toBe(name);
});

it('takes the nearer of two', () => {
  expect(nearest('tran', ['train', 'tra'])).toBe('train');
});
