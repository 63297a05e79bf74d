/**
 * Compares computational graphs with closed forms and central differences; where paths join, gradients add
 * up.
 */
import { describe, expect, it } from 'vitest';
import { differentiateNumerically } from '../../src/reference/central-difference.js';
import * as graph from '../../src/reference/graph.js';
import { expectAllClose } from '../close.js';
import { CENTRAL_DIFFERENCES, FLOAT64_ROUNDING } from '../tolerances.js';

const { add, cos, differentiate, divide, leaf, log, multiply, power, sin, subtract } = graph;

describe('the worked example u = x² + 2y, x = r sin t, y = sin² t', () => {
  it.each([
    [1, 0.5],
    [2, -1.25],
    [-3, 4],
    [0.1, Math.PI / 2],
    [0, 1],
    [5, 0],
  ])('has ∂u/∂r = 2r sin² t and ∂u/∂t = (r² + 2) sin 2t at r = %d, t = %d', (rValue, tValue) => {
    const r = leaf(rValue);
    const t = leaf(tValue);
    const x = multiply(r, sin(t));
    const y = power(sin(t), 2);
    const u = add(power(x, 2), multiply(leaf(2), y));

    const gradients = differentiate(u);
    const byHand = [2 * rValue * Math.sin(tValue) ** 2, (rValue ** 2 + 2) * Math.sin(2 * tValue)];
    expectAllClose([gradients.get(r)!, gradients.get(t)!], byHand, FLOAT64_ROUNDING);
  });
});

describe('local derivatives', () => {
  const functions: [string, (u: graph.Node, v: graph.Node) => graph.Node][] = [
    ['u + v', add],
    ['u − v', subtract],
    ['u v', multiply],
    ['u / v', divide],
    ['u³', u => power(u, 3)],
    ['u^−½', u => power(u, -0.5)],
    ['eᵘ', u => graph.exp(u)],
    ['ln u', u => log(u)],
    ['sin u', u => sin(u)],
    ['cos u', u => cos(u)],
    ['tanh u', u => graph.tanh(u)],
    ['σ(u)', u => graph.sigmoid(u)],
    ['max(0, u)', u => graph.relu(u)],
    ['max(0, −v)', (_, v) => graph.relu(multiply(leaf(-1), v))],
    ['ln(eᵘ + eᵛ + e)', (u, v) => graph.logSumExp([u, v, leaf(1)])],
    ['u + v + u', (u, v) => graph.sum([u, v, u])],
  ];
  it.each(functions)('of %s agree with central differences', (_, f) => {
    const point = [0.7, 1.9];
    const [u, v] = point.map(leaf) as [graph.Node, graph.Node];
    const gradients = differentiate(f(u, v));
    const numerical = differentiateNumerically(w => f(leaf(w[0]!), leaf(w[1]!)).value, point);
    expectAllClose([gradients.get(u) ?? 0, gradients.get(v) ?? 0], numerical, CENTRAL_DIFFERENCES);
  });
});

describe('differentiate', () => {
  it('adds the gradients where paths join, at any distance', () => {
    const u = leaf(3);
    const square = multiply(u, u);
    // u² + (u² + u) u: the paths from u have different lengths.
    const output = add(square, multiply(add(square, u), u));
    expect(differentiate(output).get(u)).toBe(2 * 3 + 3 * 3 ** 2 + 2 * 3);
  });

  it('gives the gradient of every node in between', () => {
    const u = leaf(2);
    const inner = power(u, 2);
    expect(differentiate(power(inner, 3)).get(inner)).toBe(3 * 4 ** 2);
  });

  it('omits nodes that the output does not depend on', () => {
    const stranger = leaf(1);
    expect(differentiate(leaf(2)).has(stranger)).toBe(false);
  });

  it('can be called twice, because it leaves nothing in the graph', () => {
    const u = leaf(2);
    const output = power(u, 2);
    differentiate(output);
    expect(differentiate(output).get(u)).toBe(4);
  });

  it('follows a chain of 100,000 nodes', () => {
    const u = leaf(0);
    let output = u;
    for (let i = 0; i < 100_000; i++) output = add(output, leaf(1));
    expect(differentiate(output).get(u)).toBe(1);
  });

  it('keeps logSumExp finite at ±1e4', () => {
    const terms = [1e4, -1e4, 1e4].map(leaf);
    const output = graph.logSumExp(terms);
    expect(output.value).toBe(1e4 + Math.log(2));
    expect(terms.map(term => differentiate(output).get(term))).toEqual([0.5, 0, 0.5]);
  });
});
