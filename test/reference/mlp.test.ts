/**
 * The per-example MLP: compared with the graph and central differences on every kind of network, with figures
 * computed by hand, at the ends of the number range, and on shapes that don't fit.
 */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { differentiateNumerically } from '../../src/reference/central-difference.js';
import type { LossOptions } from '../../src/reference/layout.js';
import { descend, gradient, lossOf, predict } from '../../src/reference/mlp.js';
import { gradientByGraph } from '../../src/reference/network-graph.js';
import { expectAllClose } from '../close.js';
import { CENTRAL_DIFFERENCES, FLOAT64_ROUNDING } from '../tolerances.js';
import { CASES, type Case, makeCase } from './networks.js';

const SUM = { reduction: 'sum', l2: 0 } as const;
const MEAN_L2 = { reduction: 'mean', l2: 0.3 } as const;

/** Back-propagation, the graph and central differences agree on E and gradE. */
function expectAgreement({ network, weights, x, y }: Case, options: LossOptions): void {
  const { loss, gradE } = gradient(network, weights, x, y, options);
  const byGraph = gradientByGraph(network, weights, x, y, options);
  const numerical = differentiateNumerically(w => lossOf(network, w, x, y, options), weights);
  expectAllClose([loss], [byGraph.loss], FLOAT64_ROUNDING, 'E');
  expectAllClose(gradE, byGraph.gradE, FLOAT64_ROUNDING, 'gradE against the graph');
  expectAllClose(gradE, numerical, CENTRAL_DIFFERENCES, 'gradE against central differences');
}

describe.each([
  ['sum', SUM],
  ['mean with L2', MEAN_L2],
])('back-propagation, %s', (_, options) => {
  it.each(CASES)('$name = graph = central differences', one => expectAgreement(one, options));
});

it.each([0, 0.2])('weighs the positive rows of labels, smoothed by %d', smoothing => {
  const network: Network = {
    layers: [3, 4, 3],
    hidden: ['tanh'],
    output: 'sigmoid',
    loss: 'binary-cross-entropy',
  };
  const options = { ...MEAN_L2, labelWeights: [3, 0.25, 0], rowWeights: [1, 2, 0, 0.5, 3], smoothing };
  expectAgreement(makeCase(network), options);
});

it('accepts an activation for each hidden layer', () => {
  const network: Network = {
    layers: [3, 4, 5, 2, 1],
    hidden: ['relu', 'tanh', 'identity'],
    output: 'sigmoid',
    loss: 'binary-cross-entropy',
  };
  const { weights, x, y } = makeCase(network);
  const { gradE } = gradient(network, weights, x, y, SUM);
  expectAllClose(gradE, gradientByGraph(network, weights, x, y, SUM).gradE, FLOAT64_ROUNDING);
});

describe('an example computed by hand', () => {
  const line: Network = { layers: [2, 1], hidden: [], output: 'identity', loss: 'sse' };
  const weights = [1, 2, 3]; // ŷ = 1 + 2 x₁ + 3 x₂
  const x = [1, 1, 0, -1]; // ŷ = 6 and −2
  const y = [4, -1]; // ŷ − y = 2 and −1

  it('predicts', () => expect([...predict(line, weights, x)]).toEqual([6, -2]));

  it.each([
    ['sum', 0, (2 ** 2 + 1 ** 2) / 2, [1, 2, 2 + 1]],
    ['mean', 0, (2 ** 2 + 1 ** 2) / 4, [0.5, 1, 1.5]],
    ['sum', 10, 2.5 + 5 * (4 + 9), [1, 2 + 20, 3 + 30]],
    ['mean', 10, 1.25 + 5 * (4 + 9), [0.5, 1 + 20, 1.5 + 30]],
  ] as const)('reduction %s, λ = %d: E = %d, gradE = %j', (reduction, l2, E, byHand) => {
    const { loss, gradE } = gradient(line, weights, x, y, { reduction, l2 });
    expect(loss).toBe(E);
    expect([...gradE]).toEqual(byHand);
  });

  it.each([
    // D (|2| − ½ D) + ½ 1², slopes D and −1; |2| + |−1|, slopes 1 and −1.
    [{ loss: 'huber', huberDelta: 1.5 }, 1.5 * (2 - 0.75) + 0.5, [0.5, 1.5, 2.5]],
    [{ loss: 'huber', huberDelta: 3 }, 2.5, [1, 2, 3]],
    [{ loss: 'absolute' }, 3, [0, 1, 2]],
    // ¼ · 2 + ¾ · 1, slopes ¼ and −¾.
    [{ loss: 'quantile', quantile: 0.75 }, 0.25 * 2 + 0.75, [-0.5, 0.25, 1]],
  ] as const)('%j: E = %d, gradE = %j', (loss, E, byHand) => {
    const { loss: error, gradE } = gradient({ ...line, ...loss }, weights, x, y, SUM);
    expect(error).toBe(E);
    expect([...gradE]).toEqual(byHand);
  });

  it('weights a label by 3: E = −3 y ln ŷ − (1 − y) ln(1 − ŷ)', () => {
    const label: Network = { ...line, layers: [1, 1], output: 'sigmoid', loss: 'binary-cross-entropy' };
    const E = 3 * Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp(-1)); // a = 2 and −1
    const weighed = gradient(label, [0, 1], [2, -1], [1, 0], { ...SUM, labelWeights: [3] });
    const [one, other] = [-3 / (1 + Math.exp(2)), 1 / (1 + Math.exp(1))];
    expectAllClose([weighed.loss, ...weighed.gradE], [E, one + other, 2 * one - other], FLOAT64_ROUNDING);
  });

  it('takes a step w ← w − α gradE without changing the given weights', () => {
    const result = descend(line, weights, x, y, { ...SUM, learningRate: 0.5, steps: 1 });
    expect([...result.losses]).toEqual([2.5]);
    expect([...result.weights]).toEqual([0.5, 1, 1.5]);
    expect(weights).toEqual([1, 2, 3]);
  });
});

describe('net inputs of ±1e4', () => {
  const binary: Network = { layers: [1, 1], hidden: [], output: 'sigmoid', loss: 'binary-cross-entropy' };
  const classes: Network = { layers: [1, 2], hidden: [], output: 'softmax', loss: 'cross-entropy' };
  it.each([
    ['binary, right', binary, [0, 1e4], [1, -1], [1, 0], 0, [0, 0]],
    ['binary, wrong', binary, [0, 1e4], [1, -1], [0, 1], 2e4, [0, 2]],
    ['classes, right', classes, [0, 0, 1e4, -1e4], [1, -1], [0, 1], 0, [0, 0, 0, 0]],
    ['classes, wrong', classes, [0, 0, 1e4, -1e4], [1, -1], [1, 0], 4e4, [0, 0, 2, -2]],
  ])('%s: E and gradE are exact', (_, network, weights, x, y, E, gradE) => {
    for (const { loss, gradE: g } of [
      gradient(network, weights, x, y, SUM),
      gradientByGraph(network, weights, x, y, SUM),
    ]) {
      expect(loss).toBe(E);
      expectAllClose(g, gradE, FLOAT64_ROUNDING);
    }
  });
});

it('learns XOR', () => {
  const network: Network = {
    layers: [2, 4, 1],
    hidden: ['tanh'],
    output: 'sigmoid',
    loss: 'binary-cross-entropy',
  };
  const { weights } = makeCase(network);
  const x = [0, 0, 0, 1, 1, 0, 1, 1];
  const result = descend(network, weights, x, [0, 1, 1, 0], { ...SUM, learningRate: 0.5, steps: 300 });
  expect([...predict(network, result.weights, x)].map(Math.round)).toEqual([0, 1, 1, 0]);
});

describe('shapes that do not fit', () => {
  const network: Network = { layers: [2, 3], hidden: [], output: 'softmax', loss: 'cross-entropy' };
  const weights = new Float64Array(9);
  it.each([
    ['weights', new Float64Array(8), [1, 2], [0], 'weights: expected 9 numbers for this network, got 8.'],
    ['x', weights, [1, 2, 3], [0], 'x: expected rows of 2 numbers, got 3 numbers in all.'],
    ['y', weights, [1, 2], [0, 1], 'y: expected 1 numbers for 1 rows, got 2.'],
    ['a class', weights, [1, 2], [3], 'y, row 0: expected a class number from 0 to 2, got 3.'],
  ])('are refused with what was expected: %s', (_, w, x, y, message) => {
    expect(() => gradient(network, w, x, y, SUM)).toThrow(message);
    expect(() => gradientByGraph(network, w, x, y, SUM)).toThrow(message);
  });
});
