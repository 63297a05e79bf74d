import { expect, it } from 'vitest';
import { optimizerFor } from '../../../src/commands/settings/optimizer.js';
import type { Settings } from '../../../src/config/options.js';
import { defaults } from '../../../src/config/settings.js';
import { isPlain, makeOptimizer } from '../../../src/model/optimizer.js';

const optimizerOf = (settings: Partial<Settings>) => optimizerFor({ ...defaults(), ...settings });

it('is adam with its usual constants by default, and plain gradient descent on request', () => {
  expect(optimizerOf({})).toEqual(makeOptimizer('adam'));
  expect(isPlain(optimizerOf({ optimizer: 'sgd' }))).toBe(true);
  expect(isPlain(optimizerOf({ optimizer: 'sgd', l2: 0.1 }))).toBe(true);
});

it.each([
  [{ optimizer: 'adamw' }, makeOptimizer('adamw', { weightDecay: 0.01 })],
  [{ optimizer: 'adamw', weightDecay: 0 }, makeOptimizer('adamw', { weightDecay: 0 })],
  [{ optimizer: 'lars', momentum: 0 }, makeOptimizer('lars', { momentum: 0 })],
  [{ beta1: 0.8, clipValue: 2 }, makeOptimizer('adam', { beta1: 0.8, clipValue: 2 })],
  [
    { optimizer: 'sgd', momentum: 0.9, nesterov: true },
    makeOptimizer('sgd', { momentum: 0.9, nesterov: true }),
  ],
  [{ optimizer: 'rprop', batchSize: 'full' }, makeOptimizer('rprop')],
  [{ optimizer: 'rmsprop', beta2: 0.9, clipNorm: 1 }, makeOptimizer('rmsprop', { beta2: 0.9, clipNorm: 1 })],
] as [Partial<Settings>, unknown][])('%j', (settings, expected) => {
  expect(optimizerOf(settings)).toEqual(expected);
});

it.each([
  [
    { momentum: 0.9 },
    /^--momentum needs --optimizer sgd, rmsprop or lars; got adam\.\nTry --optimizer sgd, or leave --momentum out\.$/,
  ],
  [
    { optimizer: 'sgd', beta1: 0.8 },
    /--beta1 needs .*got sgd\.\nTry --optimizer adam, or leave --beta1 out\.$/,
  ],
  [{ optimizer: 'adagrad', beta2: 0.9 }, /--beta2 .*got adagrad/],
  [{ optimizer: 'sgd', epsilon: 1e-6 }, /--epsilon .*got sgd/],
  [{ optimizer: 'lamb', trust: 0.1 }, /--trust needs --optimizer lars; got lamb/],
  [{ weightDecay: 0.01 }, /--weight-decay .*\nTry --optimizer adamw, or leave --weight-decay out\.$/],
  [{ nesterov: true }, /--nesterov needs .*got adam\.\nTry --optimizer sgd --momentum 0\.9 --nesterov/],
  [{ optimizer: 'sgd', nesterov: true }, /--nesterov .*got sgd without momentum/],
  [{ optimizer: 'lars', nesterov: true }, /--nesterov/],
  [{ optimizer: 'rprop', batchSize: 64 }, /optimizer: "rprop" needs batchSize: "full", as .*; got parts/],
] as [Partial<Settings>, RegExp][])('refuses %j', (settings, message) => {
  let error: unknown;
  try {
    optimizerOf(settings);
  } catch (caught) {
    error = caught;
  }
  const { message: text, hint } = error as { message: string; hint?: string };
  expect(`${text}\n${hint}`).toMatch(message);
});
