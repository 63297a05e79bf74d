import { expect, it } from 'vitest';
import { optimizerFor } from '../../src/commands/optimizer.js';
import type { Settings } from '../../src/config/options.js';
import { defaults } from '../../src/config/settings.js';
import { isPlain, makeOptimizer } from '../../src/model/optimizer.js';

const optimizerOf = (settings: Partial<Settings>) => optimizerFor({ ...defaults(), ...settings });

it('is plain descent where nothing is asked for', () => {
  expect(isPlain(optimizerOf({}))).toBe(true);
  expect(isPlain(optimizerOf({ l2: 0.1 }))).toBe(true);
});

it.each([
  [{ optimizer: 'adamw' }, makeOptimizer('adamw', { weightDecay: 0.01 })],
  [{ optimizer: 'adamw', weightDecay: 0 }, makeOptimizer('adamw', { weightDecay: 0 })],
  [{ optimizer: 'lars', momentum: 0 }, makeOptimizer('lars', { momentum: 0 })],
  [{ momentum: 0.9, nesterov: true }, makeOptimizer('sgd', { momentum: 0.9, nesterov: true })],
  [{ optimizer: 'rprop', batchSize: 'full' }, makeOptimizer('rprop')],
  [{ optimizer: 'rmsprop', beta2: 0.9, clipNorm: 1 }, makeOptimizer('rmsprop', { beta2: 0.9, clipNorm: 1 })],
] as [Partial<Settings>, unknown][])('%j', (settings, expected) => {
  expect(optimizerOf(settings)).toEqual(expected);
});

it.each([
  [{ optimizer: 'adam', momentum: 0.9 }, /--momentum: expected --optimizer sgd, lars, rmsprop, got adam/],
  [{ beta1: 0.9 }, /--beta1: expected --optimizer adam, adamw, lamb, got sgd/],
  [{ optimizer: 'adagrad', beta2: 0.9 }, /--beta2: .*got adagrad/],
  [{ epsilon: 1e-6 }, /--epsilon: .*got sgd/],
  [{ optimizer: 'lamb', trust: 0.1 }, /--trust: expected --optimizer lars, got lamb/],
  [{ optimizer: 'adam', weightDecay: 0.01 }, /--weight-decay: .*got adam\.\nTry --optimizer adamw/],
  [{ nesterov: true }, /--nesterov: expected --optimizer sgd and a --momentum above 0/],
  [{ optimizer: 'lars', nesterov: true }, /--nesterov/],
  [{ optimizer: 'rprop', batchSize: 64 }, /--optimizer rprop: expected --batch-size full.*got 64/],
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
