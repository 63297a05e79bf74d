/** The parts of gradcheck: silent if nothing is wrong, and naming the layer if something is. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { checkGradient } from '../../src/reference/gradient-check.js';
import { gradient } from '../../src/reference/mlp.js';
import { CASES, makeCase } from './networks.js';

const network: Network = {
  layers: [3, 4, 2],
  hidden: ['tanh'],
  output: 'softmax',
  loss: 'cross-entropy',
};
const { weights, x, y } = makeCase(network);
const options = { reduction: 'sum', l2: 0 } as const;
const right = gradient(network, weights, x, y, options);
const SECOND_LAYER = 16; // Where W(2) begins.

describe('checkGradient', () => {
  it.each(CASES)('finds nothing if nothing is wrong: $name', ({ network, weights, x, y }) => {
    const fast = gradient(network, weights, x, y, options);
    const check = checkGradient(network, weights, x, y, { ...options, fast });
    expect(check.layers.map(layer => layer.layer)).toEqual(network.layers.slice(1).map((_, i) => i + 1));
    expect(check.loss.difference).toBeLessThan(1e-12);
    for (const layer of check.layers) {
      expect(layer.fastToGraph).toBeLessThan(1e-12);
      expect(layer.graphToDifferences).toBeLessThan(1e-6);
    }
  });

  it('names the layer that is wrong, and how much relative to its largest gradient', () => {
    const gradE = right.gradE.slice();
    const largest = Math.max(...gradE.slice(SECOND_LAYER).map(Math.abs));
    gradE[SECOND_LAYER + 3]! += largest / 2;
    const check = checkGradient(network, weights, x, y, { ...options, fast: { ...right, gradE } });
    expect(check.layers[0]!.fastToGraph).toBeLessThan(1e-12);
    expect(check.layers[1]!.fastToGraph).toBeCloseTo(0.5, 10);
  });

  it.each([
    ['NaN', (g: Float64Array) => g.fill(Number.NaN)],
    ['an array that is too short', (g: Float64Array) => g.slice(0, SECOND_LAYER)],
  ])('reports infinity for %s', (_, spoil) => {
    const fast = { loss: Number.NaN, gradE: spoil(right.gradE.slice()) };
    const check = checkGradient(network, weights, x, y, { ...options, fast });
    expect(check.layers[1]!.fastToGraph).toBe(Infinity);
    expect(check.loss.difference).toBe(Infinity);
  });

  it('reports absolute differences if the whole gradient is 0', () => {
    const line: Network = { layers: [1, 1], hidden: [], output: 'identity', loss: 'sse' };
    const fast = { loss: 0.25, gradE: [0, 0.125] };
    const check = checkGradient(line, [0, 1], [3], [3], { ...options, fast });
    expect(check.loss.difference).toBe(0.25);
    expect(check.layers[0]!.fastToGraph).toBe(0.125);
  });
});
