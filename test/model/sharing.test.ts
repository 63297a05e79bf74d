import { describe, expect, it } from 'vitest';
import { describeNetwork } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { chooseExchange, type ExchangeChoice } from '../../src/model/sharing.js';

function choose(choice: ExchangeChoice, layers: number[], ranks: number, given = {}) {
  const hidden = layers.slice(2).map(() => 'relu' as const);
  const network = describeNetwork({ layers, hidden, output: 'softmax', loss: 'cross-entropy' });
  return chooseExchange(choice, {
    network,
    ranks,
    optimizer: makeOptimizer('adam'),
    byShard: true,
    ...given,
  });
}

const [TINY, SMALL, LARGE] = [
  [4, 16, 3],
  [784, 128, 10],
  [784, 1024, 1024, 1024, 10],
] as const;

describe('what ranks exchange', () => {
  it.each([
    [TINY, 2, 'whole'],
    [TINY, 8, 'whole'],
    [SMALL, 2, 'whole'],
    [SMALL, 3, 'slices'],
    [LARGE, 2, 'slices'],
    [LARGE, 1, 'whole'],
  ] as const)('depends on the network and the number of ranks: %j on %i', (layers, ranks, exchange) => {
    expect(choose('auto', [...layers], ranks)).toBe(exchange);
  });

  it('is what was asked for', () => {
    expect(choose('slices', [...TINY], 2)).toBe('slices');
    expect(choose('whole', [...LARGE], 8)).toBe('whole');
  });

  it.each([
    ['a line search', { optimizer: makeOptimizer('lbfgs') }, 'lbfgs needs whole vectors'],
    ['batches that nothing divides', { byShard: false }, 'walked by block are not divided'],
  ])('is never slices with %s', (_, given, reason) => {
    expect(choose('auto', [...LARGE], 8, given)).toBe('whole');
    expect(() => choose('slices', [...LARGE], 8, given)).toThrow(reason);
    // One rank exchanges nothing, so a run of several can be resumed on it.
    expect(choose('slices', [...LARGE], 1, given)).toBe('whole');
  });
});
