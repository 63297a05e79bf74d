import { describe, expect, it } from 'vitest';
import { RANGES } from '../../src/kernels/rules/constants.js';
import {
  isPlain,
  makeOptimizer,
  needsNorms,
  numbersOf,
  OPTIMIZERS,
  ruleOf,
  searches,
  slabsOf,
} from '../../src/model/optimizer.js';

describe.each(OPTIMIZERS)('%s', name => {
  it('has only constants with known names', () => {
    const { constants } = makeOptimizer(name);
    for (const key of Object.keys(constants)) expect(Object.keys(RANGES)).toContain(key);
    expect(() => makeOptimizer(name, { learningRate: 1 } as never)).toThrow(
      `optimizer, learningRate: ${name} has no such constant.`,
    );
  });

  it('has a step for single parameters, unless it is a line search', () => {
    expect(searches({ name })).toBe(name === 'lbfgs');
    if (ruleOf(name).direct) expect(ruleOf(name).trust).toBeDefined();
  });
});

it('says which rules have a constant that the given one lacks', () => {
  expect(() => makeOptimizer('adam', { trust: 1 } as never)).toThrow('optimizer, trust: adam has no such');
});

it('recognises plain descent, and nothing that does more', () => {
  expect(isPlain(makeOptimizer('sgd'))).toBe(true);
  for (const more of [
    { momentum: 0.9 },
    { weightDecay: 0.1 },
    { l1: 0.1 },
    { clipNorm: 1 },
    { clipValue: 1 },
  ]) {
    expect(isPlain(makeOptimizer('sgd', more)), JSON.stringify(more)).toBe(false);
  }
  expect(isPlain(makeOptimizer('adam'))).toBe(false);
});

it('knows which steps need norms', () => {
  expect(OPTIMIZERS.filter(name => needsNorms(makeOptimizer(name)))).toEqual(['lars', 'lamb']);
  expect(needsNorms(makeOptimizer('adam', { clipNorm: 1 }))).toBe(true);
});

it.each([
  [makeOptimizer('sgd'), []],
  [makeOptimizer('sgd', { momentum: 0.9 }), ['velocity']],
  [makeOptimizer('lars', { momentum: 0 }), ['velocity']],
  [makeOptimizer('adamw'), ['mean', 'square']],
  [makeOptimizer('rmsprop'), ['square']],
  [makeOptimizer('rmsprop', { momentum: 0.9 }), ['square', 'velocity']],
  [makeOptimizer('rprop'), ['previous', 'size']],
  [makeOptimizer('lbfgs', { history: 2 }), ['gradient', 's0', 'y0', 's1', 'y1']],
])('has the state of %j', (optimizer, slabs) => {
  expect(slabsOf(optimizer)).toEqual(slabs);
  expect(numbersOf(optimizer)).toBe(optimizer.name === 'lbfgs' ? 7 : 0);
});
