/**
 * What losses do with each element in float32: δ, and what is added to the two sums in double precision. Each formula is
 * written once, for WebAssembly and machine code. What they are: src/kernels/kernels.ts.
 */
import { type Graph, type Result, traceGraph } from './graph.js';
import { absolute, exp, logOnePlus, negative, sigmoid, sign } from './math.js';
import type { Formula, Operations } from './operations.js';

/** What an element's loss depends on; what is left out is 1, or not part of the loss. */
export interface LossInputs<V> {
  /** The product, or z, which δ replaces. */
  readonly delta: V;
  readonly y: V;
  readonly bias?: V;
  /** Of the row: in E, and in the sum of right elements. */
  readonly weight?: V;
  readonly count?: V;
  /** Of the column's positive labels. */
  readonly labelWeight?: V;
  /** D of Huber's error, τ of the quantile's. */
  readonly limit?: V;
}

export interface LossResults<V> {
  /** δ, or of a regression δ before it is multiplied by g′. */
  readonly delta: V;
  /** Added to E. */
  readonly loss: V;
  /** Added to the sum of right elements, or of squared errors. */
  readonly metric: V;
}

export type LossFormula = <V, M>(o: Operations<V, M>, inputs: LossInputs<V>) => LossResults<V>;

/** weight · x */
function weighed<V, M>(o: Operations<V, M>, weight: V | undefined, x: V): V {
  return weight === undefined ? x : o.multiply(weight, x);
}

/** max(a, 0) − a y + ln(1 + e^−|a|), and σ(a) − y. */
function binaryTerms<V, M>(o: Operations<V, M>, a: V, y: V): { loss: V; delta: V } {
  const linear = o.subtract(o.larger(a, o.constant(0)), o.multiply(a, y));
  const loss = o.add(linear, logOnePlus(o, exp(o, negative(o, absolute(o, a)))));
  return { loss, delta: o.subtract(sigmoid(o, a), y) };
}

/** Where labels weigh: |a| (a > 0 ? 1 − y : py) + (py + 1 − y) ln(1 + e^−|a|), and (py + 1 − y) σ(a) − py. */
function labelledTerms<V, M>(o: Operations<V, M>, a: V, y: V, p: V): { loss: V; delta: V } {
  const size = absolute(o, a);
  const py = o.multiply(p, y);
  const rest = o.subtract(o.constant(1), y);
  const both = o.add(py, rest);
  const linear = o.multiply(size, o.choose(o.isBelow(o.constant(0), a), rest, py));
  const loss = o.add(linear, o.multiply(both, logOnePlus(o, exp(o, negative(o, size)))));
  return { loss, delta: o.subtract(o.multiply(both, sigmoid(o, a)), py) };
}

function binary<V, M>(o: Operations<V, M>, { delta, bias, y, labelWeight }: LossInputs<V>) {
  const a = o.add(delta, bias!);
  return { a, ...(labelWeight === undefined ? binaryTerms(o, a, y) : labelledTerms(o, a, y, labelWeight)) };
}

/** `count` where (a > 0) = (y > ½), else 0. */
function ifAgreed<V, M>(o: Operations<V, M>, a: V, y: V, count: V): V {
  const zero = o.constant(0);
  const isPredicted = o.choose(o.isBelow(zero, a), count, zero);
  const isLabelled = o.choose(o.isBelow(o.constant(0.5), y), count, zero);
  return o.xor(count, o.xor(isPredicted, isLabelled));
}

/** Of r = z − y: what h(r) and h′(r) make of it. */
function regression<V, M>(
  o: Operations<V, M>,
  { delta: z, y, weight }: LossInputs<V>,
  h: (r: V, size: V, square: V) => { error: V; slope: V },
): LossResults<V> {
  const r = o.subtract(z, y);
  const square = o.multiply(r, r);
  const { error, slope } = h(r, absolute(o, r), square);
  return {
    delta: weighed(o, weight, slope),
    loss: weighed(o, weight, error),
    metric: weighed(o, weight, square),
  };
}

export const LOSS_FORMULAS = {
  binaryCrossEntropy: (o, inputs) => {
    const { y, weight, count = o.constant(1) } = inputs;
    const { a, loss, delta } = binary(o, inputs);
    return {
      delta: weighed(o, weight, delta),
      loss: weighed(o, weight, loss),
      metric: ifAgreed(o, a, y, count),
    };
  },

  binaryError: (o, inputs) => {
    const { weight } = inputs;
    const { loss, delta } = binary(o, inputs);
    return {
      delta: weighed(o, weight, delta),
      loss: weighed(o, weight, loss),
      metric: weighed(o, weight, o.multiply(delta, delta)),
    };
  },

  huberError: (o, inputs) =>
    regression(o, inputs, (r, size, square) => {
      const limit = inputs.limit!;
      const half = o.constant(0.5);
      const beyond = o.multiply(limit, o.subtract(size, o.multiply(half, limit)));
      return {
        error: o.choose(o.isBelow(limit, size), beyond, o.multiply(half, square)),
        slope: o.larger(o.smaller(r, limit), negative(o, limit)),
      };
    }),

  quantileError: (o, inputs) =>
    regression(o, inputs, (r, size) => {
      const tau = inputs.limit!;
      const isAbove = o.isBelow(o.constant(0), r);
      const factor = o.choose(isAbove, o.subtract(o.constant(1), tau), tau);
      return { error: o.multiply(factor, size), slope: o.multiply(factor, sign(o, r)) };
    }),

  absoluteError: (o, inputs) => regression(o, inputs, (r, size) => ({ error: size, slope: sign(o, r) })),
} satisfies Record<string, LossFormula>;

export type LossName = keyof typeof LOSS_FORMULAS;

/**
 * A loss's graph. Its inputs are δ's, y's and those that are given; its results δ, and what is added to the sums.
 * @param derivative of a regression, of z
 */
export function lossGraph(
  name: LossName,
  given: readonly (keyof LossInputs<unknown>)[],
  derivative: Formula | null,
): Graph {
  const formula: LossFormula = LOSS_FORMULAS[name];
  const names = ['delta', 'y', ...given];
  return traceGraph((o, values) => {
    const [z, y] = values as [Result, Result];
    const inputs = Object.fromEntries(names.map((input, i) => [input, values[i]!]));
    const { delta, loss, metric } = formula(o, { ...inputs, delta: z, y });
    return [derivative ? o.multiply(delta, derivative(o, z)) : delta, loss, metric];
  }, names.length);
}
