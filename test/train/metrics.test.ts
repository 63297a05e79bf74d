import { describe, expect, it } from 'vitest';
import { isBetter, isRising, metricOf } from '../../src/train/metrics.js';

describe('a figure by its name', () => {
  const judgement = { loss: 0.5, accuracy: 0.9, rmse: null, metrics: { f1: 0.8, auc: null } };

  it.each([
    ['loss', 0.5],
    ['accuracy', 0.9],
    ['f1', 0.8],
    // Not of this task, not defined on these rows, not asked for.
    ['rmse', undefined],
    ['auc', undefined],
    ['recall', undefined],
  ])('%s is %s', (name, value) => {
    expect(metricOf(judgement, name)).toBe(value);
  });

  it('is found where no others were asked for', () => {
    expect(metricOf({ loss: 0.5, accuracy: null, rmse: 2 }, 'rmse')).toBe(2);
  });
});

describe('the better of two figures', () => {
  it.each([
    ['loss', 1, 2, true],
    ['loss', 2, 1, false],
    ['loss', 1, 1, false],
    ['rmse', 1, 2, true],
    ['accuracy', 0.9, 0.8, true],
    ['accuracy', 0.8, 0.9, false],
    ['accuracy', Number.NaN, 0.9, false],
    ['loss', Number.NaN, 1, false],
  ])('%s %s against %s: %s', (name, a, b, better) => {
    expect(isBetter(name, a, b)).toBe(better);
  });

  it('rises for accuracy, falls for errors', () => {
    expect(['loss', 'accuracy', 'rmse'].map(isRising)).toEqual([false, true, false]);
  });
});
