/**
 * The activations in float64, each as it is written in a textbook, in a: g and its derivative g′, and once more as a graph of
 * primitive operations, whose derivative comes by itself and shares no formula with g′.
 */
import type { Activation, OutputActivation } from '../model/network.js';
import * as graph from './graph.js';

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const LEAKY_SLOPE = 0.01;

const { leaf, add, multiply, subtract, exp } = graph;

const sigmoid = (a: number) => 1 / (1 + Math.exp(-a));
/** u and ∂u/∂a of gelu = ½ a (1 + tanh u). */
const geluArgument = (a: number) => Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3);
const geluSlope = (a: number) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a ** 2);

interface Formulas {
  g(a: number): number;
  /** At a corner what the kernels and PyTorch take for it. */
  derivative(a: number): number;
  build(a: graph.Node): graph.Node;
}

const FORMULAS: Record<Activation, Formulas> = {
  identity: { g: a => a, derivative: () => 1, build: a => a },
  sigmoid: { g: sigmoid, derivative: a => sigmoid(a) * (1 - sigmoid(a)), build: graph.sigmoid },
  tanh: { g: Math.tanh, derivative: a => 1 - Math.tanh(a) ** 2, build: graph.tanh },
  relu: { g: a => Math.max(0, a), derivative: a => (a > 0 ? 1 : 0), build: graph.relu },
  'leaky-relu': {
    g: a => (a > 0 ? a : LEAKY_SLOPE * a),
    derivative: a => (a > 0 ? 1 : LEAKY_SLOPE),
    build: a => (a.value > 0 ? a : multiply(leaf(LEAKY_SLOPE), a)),
  },
  elu: {
    g: a => (a > 0 ? a : Math.expm1(a)),
    derivative: a => (a > 0 ? 1 : Math.exp(a)),
    build: a => (a.value > 0 ? a : subtract(exp(a), leaf(1))),
  },
  selu: {
    g: a => SELU_SCALE * (a > 0 ? a : SELU_ALPHA * Math.expm1(a)),
    derivative: a => SELU_SCALE * (a > 0 ? 1 : SELU_ALPHA * Math.exp(a)),
    build: a => {
      const below = () => multiply(leaf(SELU_ALPHA), subtract(exp(a), leaf(1)));
      return multiply(leaf(SELU_SCALE), a.value > 0 ? a : below());
    },
  },
  gelu: {
    g: a => 0.5 * a * (1 + Math.tanh(geluArgument(a))),
    derivative: a => {
      const t = Math.tanh(geluArgument(a));
      return 0.5 * (1 + t) + 0.5 * a * (1 - t ** 2) * geluSlope(a);
    },
    build: a => {
      const cubic = add(a, multiply(leaf(0.044715), graph.power(a, 3)));
      const t = graph.tanh(multiply(leaf(Math.sqrt(2 / Math.PI)), cubic));
      return multiply(multiply(leaf(0.5), a), add(leaf(1), t));
    },
  },
  silu: {
    g: a => a * sigmoid(a),
    derivative: a => sigmoid(a) * (1 + a * (1 - sigmoid(a))),
    build: a => multiply(a, graph.sigmoid(a)),
  },
  softplus: {
    g: a => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
    derivative: sigmoid,
    build: a => graph.logSumExp([leaf(0), a]),
  },
  'hard-sigmoid': {
    g: a => Math.min(Math.max(a / 6 + 0.5, 0), 1),
    derivative: a => (a > -3 && a < 3 ? 1 / 6 : 0),
    build: a => buildClamp(add(graph.divide(a, leaf(6)), leaf(0.5)), 0, 1),
  },
  'hard-tanh': {
    g: a => Math.min(Math.max(a, -1), 1),
    derivative: a => (a > -1 && a < 1 ? 1 : 0),
    build: a => buildClamp(a, -1, 1),
  },
  mish: {
    g: a => a * Math.tanh(Math.log1p(Math.exp(a))),
    derivative: a => {
      const t = Math.tanh(Math.log1p(Math.exp(a)));
      return t + a * (1 - t ** 2) * sigmoid(a);
    },
    build: a => multiply(a, graph.tanh(graph.logSumExp([leaf(0), a]))),
  },
  cosine: { g: Math.cos, derivative: a => -Math.sin(a), build: graph.cos },
};

/** u kept within least and most; a constant at and beyond them. */
function buildClamp(u: graph.Node, least: number, most: number): graph.Node {
  if (u.value > least && u.value < most) return u;
  return leaf(u.value <= least ? least : most);
}

/** z = g(a). Softmax is shifted by the largest net input, so that nothing overflows. */
export function activate(activation: OutputActivation, a: Float64Array): Float64Array {
  if (activation !== 'softmax') return a.map(FORMULAS[activation].g);
  const largest = Math.max(...a);
  const powers = a.map(v => Math.exp(v - largest));
  const total = powers.reduce((sum, v) => sum + v, 0);
  return powers.map(v => v / total);
}

/** g′(a), element by element. Softmax has none: its delta comes with its loss. */
export function derive(activation: Activation, a: Float64Array): Float64Array {
  return a.map(FORMULAS[activation].derivative);
}

/** g(a) of primitive operations. Softmax comes with its loss, from the net inputs. */
export function buildActivation(activation: OutputActivation, a: graph.Node): graph.Node {
  return activation === 'softmax' ? a : FORMULAS[activation].build(a);
}
