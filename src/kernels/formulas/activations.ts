/** The activations and their derivatives in float32, each written once: what they are is in ../activations.ts. */
import type { Activation } from '../activations.js';
import { absolute, cos, exp, expMinusOneBelow, logOnePlus, negative, sigmoid, sin, tanh } from './math.js';
import type { Formula, Operations } from './operations.js';

interface ActivationFormulas {
  /** z = g(a). */
  g: Formula;
  /** g′, of z = g(a), or of a if the activation is derived from it. */
  derivative: Formula;
}

const SLOPE = 0.01;
const SELU_SCALE = 1.0507009873554805;
/** λ α. */
const SELU_DEPTH = 1.7580993408473766;
/** 2 √(2/π): gelu is a σ(2u), as ½ (1 + tanh u) = σ(2u). */
const GELU_SLOPE = 1.5957691216057308;
const GELU_CUBE = Math.fround(0.044715);
/** Bounds a² in the derivative of gelu, where s (1 − s) is 0 from |a| = 11 on. */
const GELU_SQUARE_MOST = 1e30;

/** x > 0 ? above : below. */
function ifAbove<V, M>(o: Operations<V, M>, x: V, above: V, below: V): V {
  return o.choose(o.isBelow(o.constant(0), x), above, below);
}

function clamp<V, M>(o: Operations<V, M>, x: V, least: number, most: number): V {
  return o.smaller(o.larger(x, o.constant(least)), o.constant(most));
}

/** 2u = 2 √(2/π) (a + 0.044715 a³). */
function geluArgument<V, M>(o: Operations<V, M>, a: V): V {
  const inner = o.add(o.multiply(o.multiply(a, a), o.constant(GELU_CUBE)), o.constant(1));
  return o.multiply(o.multiply(a, o.constant(GELU_SLOPE)), inner);
}

/** s + a s (1 − s) q for s = σ(p), p a function of a, q = ∂p/∂a: the derivative of a σ(p). */
function deriveGated<V, M>(o: Operations<V, M>, a: V, s: V, q: V): V {
  const slope = o.multiply(o.multiply(s, o.subtract(o.constant(1), s)), q);
  return o.add(s, o.multiply(a, slope));
}

/** low < z < high ? value : 0. */
function within<V, M>(o: Operations<V, M>, z: V, low: number, high: number, value: V): V {
  const zero = o.constant(0);
  const ifLow = o.choose(o.isBelow(z, o.constant(high)), value, zero);
  return o.choose(o.isBelow(o.constant(low), z), ifLow, zero);
}

/**
 * What mish is made of. With e = e^−|a|, which can't overflow, and n = e^a,
 * tanh(ln(1 + n)) = ((1 + n)² − 1) / ((1 + n)² + 1) = p / q, where q − p = r:
 *
 *   a ≤ 0, n = e:      p = e² + 2e   r = 2
 *   a > 0, n = 1 / e:  p = 1 + 2e    r = 2e²
 */
function mishParts<V, M>(o: Operations<V, M>, a: V): { e: V; p: V; r: V; q: V } {
  const e = exp(o, negative(o, absolute(o, a)));
  const square = o.multiply(e, e);
  const p = o.add(ifAbove(o, a, o.constant(1), square), o.add(e, e));
  const r = ifAbove(o, a, o.multiply(o.constant(2), square), o.constant(2));
  return { e, p, r, q: o.add(p, r) };
}

/** t + a (1 − t²) σ(a) with t = p / q, whose 1 − t² = (r / q) (1 + t) loses no digits if t is near 1. */
function deriveMish<V, M>(o: Operations<V, M>, a: V): V {
  const one = o.constant(1);
  const { e, p, r, q } = mishParts(o, a);
  const t = o.divide(p, q);
  const s = o.divide(ifAbove(o, a, one, e), o.add(one, e));
  const slope = o.multiply(o.multiply(o.divide(r, q), o.add(one, t)), s);
  return o.add(t, o.multiply(a, slope));
}

export const ACTIVATION_FORMULAS: Readonly<Record<Activation, ActivationFormulas>> = {
  identity: { g: (_, a) => a, derivative: o => o.constant(1) },
  sigmoid: { g: sigmoid, derivative: (o, z) => o.multiply(z, o.subtract(o.constant(1), z)) },
  tanh: { g: tanh, derivative: (o, z) => o.subtract(o.constant(1), o.multiply(z, z)) },
  relu: {
    g: (o, a) => o.larger(a, o.constant(0)),
    derivative: (o, z) => ifAbove(o, z, o.constant(1), o.constant(0)),
  },
  'leaky-relu': {
    g: (o, a) => ifAbove(o, a, a, o.multiply(a, o.constant(SLOPE))),
    derivative: (o, z) => ifAbove(o, z, o.constant(1), o.constant(SLOPE)),
  },
  elu: {
    g: (o, a) => ifAbove(o, a, a, expMinusOneBelow(o, a)),
    derivative: (o, z) => ifAbove(o, z, o.constant(1), o.add(z, o.constant(1))),
  },
  selu: {
    g: (o, a) => {
      const below = o.multiply(expMinusOneBelow(o, a), o.constant(SELU_DEPTH));
      return ifAbove(o, a, o.multiply(a, o.constant(SELU_SCALE)), below);
    },
    derivative: (o, z) => ifAbove(o, z, o.constant(SELU_SCALE), o.add(z, o.constant(SELU_DEPTH))),
  },
  gelu: {
    g: (o, a) => o.multiply(a, sigmoid(o, geluArgument(o, a))),
    derivative: (o, a) => {
      // Bounded, so that the slope, which is then multiplied by 0, is finite.
      const square = o.smaller(o.multiply(a, a), o.constant(GELU_SQUARE_MOST));
      const cube = o.multiply(square, o.constant(3 * GELU_CUBE));
      const slope = o.multiply(o.add(cube, o.constant(1)), o.constant(GELU_SLOPE));
      return deriveGated(o, a, sigmoid(o, geluArgument(o, a)), slope);
    },
  },
  silu: {
    g: (o, a) => o.multiply(a, sigmoid(o, a)),
    derivative: (o, a) => deriveGated(o, a, sigmoid(o, a), o.constant(1)),
  },
  softplus: {
    g: (o, a) => o.add(o.larger(a, o.constant(0)), logOnePlus(o, exp(o, negative(o, absolute(o, a))))),
    derivative: (o, z) => negative(o, expMinusOneBelow(o, negative(o, z))),
  },
  'hard-sigmoid': {
    g: (o, a) => clamp(o, o.add(o.divide(a, o.constant(6)), o.constant(0.5)), 0, 1),
    derivative: (o, z) => o.divide(within(o, z, 0, 1, o.constant(1)), o.constant(6)),
  },
  'hard-tanh': {
    g: (o, a) => clamp(o, a, -1, 1),
    derivative: (o, z) => within(o, z, -1, 1, o.constant(1)),
  },
  mish: {
    g: (o, a) => {
      const { p, q } = mishParts(o, a);
      return o.multiply(a, o.divide(p, q));
    },
    derivative: deriveMish,
  },
  cosine: { g: cos, derivative: (o, a) => negative(o, sin(o, a)) },
};
