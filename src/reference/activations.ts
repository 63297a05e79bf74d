/**
 * Activations g and their derivatives g′ in float64, as textbooks define them, applied to a vector of net
 * inputs a.
 */
import type { Activation, OutputActivation } from '../model/network.js';

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const LEAKY_SLOPE = 0.01;

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));
/** u and ∂u/∂a in gelu = ½ a (1 + tanh u). */
const geluArgument = (a: number) => Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3);
const geluSlope = (a: number) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a ** 2);

/** g and g′; at a corner, g′ is defined as in the kernels and PyTorch. */
const FORMULAS: Record<Activation, { g: (a: number) => number; derivative: (a: number) => number }> = {
  identity: { g: a => a, derivative: () => 1 },
  sigmoid: { g: sigmoid, derivative: a => sigmoid(a) * (1 - sigmoid(a)) },
  tanh: { g: Math.tanh, derivative: a => 1 - Math.tanh(a) ** 2 },
  relu: { g: a => Math.max(0, a), derivative: a => (a > 0 ? 1 : 0) },
  'leaky-relu': { g: a => (a > 0 ? a : LEAKY_SLOPE * a), derivative: a => (a > 0 ? 1 : LEAKY_SLOPE) },
  elu: { g: a => (a > 0 ? a : Math.expm1(a)), derivative: a => (a > 0 ? 1 : Math.exp(a)) },
  selu: {
    g: a => SELU_SCALE * (a > 0 ? a : SELU_ALPHA * Math.expm1(a)),
    derivative: a => SELU_SCALE * (a > 0 ? 1 : SELU_ALPHA * Math.exp(a)),
  },
  gelu: {
    g: a => 0.5 * a * (1 + Math.tanh(geluArgument(a))),
    derivative: a => {
      const t = Math.tanh(geluArgument(a));
      return 0.5 * (1 + t) + 0.5 * a * (1 - t ** 2) * geluSlope(a);
    },
  },
  silu: { g: a => a * sigmoid(a), derivative: a => sigmoid(a) * (1 + a * (1 - sigmoid(a))) },
  softplus: { g: a => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))), derivative: sigmoid },
  'hard-sigmoid': {
    g: a => Math.min(Math.max(a / 6 + 0.5, 0), 1),
    derivative: a => (a > -3 && a < 3 ? 1 / 6 : 0),
  },
  'hard-tanh': { g: a => Math.min(Math.max(a, -1), 1), derivative: a => (a > -1 && a < 1 ? 1 : 0) },
};

/** z = g(a). Softmax subtracts the largest net input to avoid overflow. */
export function activate(activation: OutputActivation, a: Float64Array): Float64Array {
  if (activation !== 'softmax') return a.map(FORMULAS[activation].g);
  const largest = Math.max(...a);
  const powers = a.map(v => Math.exp(v - largest));
  const total = powers.reduce((sum, v) => sum + v, 0);
  return powers.map(v => v / total);
}

/** g′(a), element by element. Softmax has none: its delta is computed together with its loss. */
export function derive(activation: Activation, a: Float64Array): Float64Array {
  return a.map(FORMULAS[activation].derivative);
}
