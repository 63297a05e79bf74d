/** The activations of the reference backend, and their derivatives, in double precision. */
import type { Activation } from './kernels.js';

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const SLOPE = 0.01;

export const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));
/** The argument of gelu's tanh. */
const geluArgument = (a: number) => Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3);

/** g(a). */
export const FUNCTIONS: Record<Activation, (a: number) => number> = {
  identity: a => a,
  sigmoid,
  tanh: Math.tanh,
  relu: a => Math.max(a, 0),
  'leaky-relu': a => (a > 0 ? a : SLOPE * a),
  elu: a => (a > 0 ? a : Math.expm1(a)),
  selu: a => SELU_SCALE * (a > 0 ? a : SELU_ALPHA * Math.expm1(a)),
  // ½ (1 + tanh u) = σ(2u), without the cancellation.
  gelu: a => a * sigmoid(2 * geluArgument(a)),
  silu: a => a * sigmoid(a),
  softplus: a => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  'hard-sigmoid': a => Math.min(Math.max(a / 6 + 0.5, 0), 1),
  'hard-tanh': a => Math.min(Math.max(a, -1), 1),
};

/** g′, written in z = g(a); for gelu and silu in a. */
export const DERIVATIVES: Record<Activation, (from: number) => number> = {
  identity: () => 1,
  sigmoid: z => z * (1 - z),
  tanh: z => 1 - z * z,
  relu: z => (z > 0 ? 1 : 0),
  'leaky-relu': z => (z > 0 ? 1 : SLOPE),
  elu: z => (z > 0 ? 1 : z + 1),
  selu: z => (z > 0 ? SELU_SCALE : z + SELU_SCALE * SELU_ALPHA),
  gelu: a => {
    const half = sigmoid(2 * geluArgument(a));
    return half + a * half * (1 - half) * 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a * a);
  },
  silu: a => sigmoid(a) * (1 + a * (1 - sigmoid(a))),
  softplus: z => -Math.expm1(-z),
  'hard-sigmoid': z => (z > 0 && z < 1 ? 1 / 6 : 0),
  'hard-tanh': z => (z > -1 && z < 1 ? 1 : 0),
};
