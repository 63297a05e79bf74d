/**
 * Compares three gradients layer by layer: a fast one with the computational graph's, and the graph's with
 * central differences. gradcheck prints the result; the caller decides on tolerances.
 */
import type { Network } from '../model/network.js';
import { differentiateNumerically } from './central-difference.js';
import { type Gradient, type LossOptions, type Numbers, placesOf } from './layout.js';
import { lossOf } from './mlp.js';
import { gradientByGraph } from './network-graph.js';

/** Largest relative differences in W(l); Infinity if a number is not finite. */
export interface LayerCheck {
  /** l, counted from 1; 0 for a scale layer below the network. */
  layer: number;
  fastToGraph: number;
  graphToDifferences: number;
}

export interface GradientCheck {
  /** E from the fast path and from the graph, and |fast − graph| / |graph|. */
  loss: { fast: number; graph: number; difference: number };
  layers: LayerCheck[];
}

/**
 * Differences in a layer are relative to its largest |gradE|, but at least to this share of the network's
 * largest: in a layer whose gradient almost vanishes, only rounding errors are left.
 */
const SMALLEST_SCALE = 1e-3;

/**
 * Compares a fast gradient (in the layout of the weights, `loss` including its L2 term if l2 isn't 0) with
 * both oracles. Relative difference of a layer: max |a − b| / scale, where b is the graph's gradient and
 * scale = max |b| over the layer; |a − b| itself if the whole gradient is 0.
 *
 * With relu, use weights whose biases aren't 0: at a net input of exactly 0 the derivative doesn't exist, and
 * central differences give ½ where back-propagation gives 0.
 * @throws usage if the shapes don't fit
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

/** max |a − b| over begin ≤ i < end; NaN if any difference is. */
function worstOf(a: Numbers, b: Numbers, begin: number, end: number): number {
  let worst = 0;
  for (let i = begin; i < end; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

/** Replaces NaN by Infinity, so that any comparison with a tolerance fails. */
function finite(value: number): number {
  return Number.isNaN(value) ? Infinity : value;
}

/**
 * The same for a scale layer x ⊙ s below a network with the weights W̃: ∂E/∂s(i) = Σⱼ w̃(i,j) ∂E/∂v(i,j) by the graph, with
 * V = diag(s) W̃, and by differences of E over s, of inputs that are scaled themselves. It is layer 0.
 */
export function checkScale(
  network: Network,
  { unscaled, scale, scaled }: { unscaled: Numbers; scale: Numbers; scaled: Numbers },
  x: Numbers,
  y: Numbers,
  { fast, ...options }: LossOptions & { fast: Numbers },
): LayerCheck {
  const { gradE } = gradientByGraph(network, scaled, x, y, options);
  const width = network.layers[1]!;
  const byGraph = Float64Array.from(scale, (_, i) => {
    let sum = 0;
    for (let j = (i + 1) * width; j < (i + 2) * width; j++) sum += unscaled[j]! * gradE[j]!;
    return sum;
  });
  const inputsOf = (s: Numbers) => Float64Array.from(x, (value, i) => value * s[i % s.length]!);
  const byDifferences = differentiateNumerically(
    s => lossOf(network, unscaled, inputsOf(s), y, options),
    scale,
  );
  const { length } = byGraph;
  const largest = largestOf(byGraph, 0, length) || 1;
  return {
    layer: 0,
    fastToGraph: finite(worstOf(fast, byGraph, 0, length) / largest),
    graphToDifferences: finite(worstOf(byGraph, byDifferences, 0, length) / largest),
  };
}
