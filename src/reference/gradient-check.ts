/**
 * Three gradients side by side, layer by layer: a fast one against the computational graph, and the graph
 * against central differences. What gradcheck prints. Judges nothing: the caller has the tolerances.
 */
import type { Network } from '../model/network.js';
import { differentiateNumerically } from './central-difference.js';
import { type Gradient, type LossOptions, type Numbers, placesOf } from './layout.js';
import { lossOf } from './mlp.js';
import { gradientByGraph } from './network-graph.js';

/** The worst relative differences in W(l). Infinity where a number is not finite. */
export interface LayerCheck {
  /** l, from 1. */
  layer: number;
  fastToGraph: number;
  graphToDifferences: number;
}

export interface GradientCheck {
  /** E by the fast path and by the graph, and |fast − graph| / |graph|. */
  loss: { fast: number; graph: number; difference: number };
  layers: LayerCheck[];
}

/**
 * A layer is measured by the largest |gradE| in it, but by no less than this part of the largest in the
 * network: where a layer's gradient all but vanishes, rounding is all that is left of it.
 */
const SMALLEST_SCALE = 1e-3;

/**
 * Compares a fast gradient (in the layout of the weights, `loss` with its L2 term if l2 isn't 0) with both
 * oracles. Relative difference of a layer: max |a − b| / scale, scale = max |b| over the layer, b the graph's;
 * |a − b| as it is where the whole gradient is 0.
 *
 * With relu, give weights whose biases aren't 0: at a net input of exactly 0 the derivative doesn't exist,
 * and central differences answer ½ where back-propagation says 0.
 * @throws usage where the shapes don't fit
 */
export function checkGradient(
  network: Network,
  weights: Numbers,
  x: Numbers,
  y: Numbers,
  { fast, ...options }: LossOptions & { fast: Gradient<Numbers> },
): GradientCheck {
  const byGraph = gradientByGraph(network, weights, x, y, options);
  const byDifferences = differentiateNumerically(w => lossOf(network, w, x, y, options), weights);
  const floor = SMALLEST_SCALE * largestOf(byGraph.gradE, 0, weights.length);
  const layers = placesOf(network).map(({ begin, end }, i) => {
    const scale = Math.max(largestOf(byGraph.gradE, begin, end), floor) || 1;
    return {
      layer: i + 1,
      fastToGraph: finite(worstOf(fast.gradE, byGraph.gradE, begin, end) / scale),
      graphToDifferences: finite(worstOf(byGraph.gradE, byDifferences, begin, end) / scale),
    };
  });
  const difference = finite(Math.abs(fast.loss - byGraph.loss) / (Math.abs(byGraph.loss) || 1));
  return { loss: { fast: fast.loss, graph: byGraph.loss, difference }, layers };
}

function largestOf(values: Numbers, begin: number, end: number): number {
  let largest = 0;
  for (let i = begin; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/** max |a − b| over begin ≤ i < end; NaN where one is. */
function worstOf(a: Numbers, b: Numbers, begin: number, end: number): number {
  let worst = 0;
  for (let i = begin; i < end; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

/** Infinity in place of NaN, so that a comparison with a tolerance fails. */
function finite(value: number): number {
  return Number.isNaN(value) ? Infinity : value;
}
