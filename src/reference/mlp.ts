/**
 * The textbook's multi-layer perceptron, example by example, in float64: the oracle of the fast path.
 *
 *   forward    a(l) = W(l)ᵀ z(l−1), z₀ = 1;  z(l) = g(a(l));  z(0) = x
 *   backward   δ(l) = g′[a(l)] ⊙ (W̃(l+1) δ(l+1)), W̃ without the bias row;  ∂E/∂W(l) = z(l−1) δ(l)ᵀ
 *   descent    w ← w − α ∂E/∂w
 *
 * Slow and obvious on purpose. Shapes of weights and examples: layout.ts.
 */
import type { Network } from '../model/network.js';
import { activate, derive } from './activations.js';
import {
  countRows,
  type Factor,
  type Gradient,
  inputsOf,
  isBias,
  type LossOptions,
  type Numbers,
  type Place,
  placesOf,
  targetsOf,
  termsOf,
  weigh,
} from './layout.js';
import { errorOf, outputDelta } from './losses.js';

/** Layer l from 1, unit j. */
type UnitFactor = (l: number, j: number) => number;

/** Net inputs and outputs of every layer for one example; z[0] is x and a[0] is empty. */
export interface Activations {
  a: Float64Array[];
  z: Float64Array[];
}

/** Forward pass of one example. x: (m(0)). @param factor of each hidden unit, for this example */
export function forward(
  network: Network,
  weights: Numbers,
  x: Numbers,
  factor: UnitFactor = () => 1,
): Activations {
  const a: Float64Array[] = [new Float64Array(0)];
  const z: Float64Array[] = [Float64Array.from(x)];
  for (const [i, place] of placesOf(network).entries()) {
    const { begin, outputs, activation } = place;
    const isHidden = i < network.hidden.length;
    const inputs = inputsOf(place, z[0]!, z.at(-1)!);
    const net = new Float64Array(outputs);
    for (let j = 0; j < outputs; j++) {
      net[j] = weights[begin + j]!;
      for (const { input, weight } of termsOf(place, j)) net[j]! += weights[weight]! * inputs[input]!;
    }
    a.push(net);
    const out = activate(activation, net);
    z.push(isHidden ? out.map((value, j) => value * factor(i + 1, j)) : out);
  }
  return { a, z };
}

/**
 * Backward pass of one example from the output delta: gw(l) ← gw(l) + z(l−1) δ(l)ᵀ for every layer. delta:
 * (m(c+1)).
 */
function backward(
  network: Network,
  weights: Numbers,
  { a, z }: Activations,
  outputDelta: Float64Array,
  gw: Float64Array,
  factor: UnitFactor,
) {
  const places = placesOf(network);
  let delta = outputDelta;
  for (let l = places.length; l >= 1; l--) {
    const place = places[l - 1]!;
    const inputs = inputsOf(place, z[0]!, z[l - 1]!);
    for (let j = 0; j < place.outputs; j++) {
      gw[place.begin + j]! += delta[j]!;
      for (const { input, weight } of termsOf(place, j)) gw[weight]! += inputs[input]! * delta[j]!;
    }
    if (l > 1) {
      const slope = derive(network.hidden[l - 2]!, a[l - 1]!);
      const below = throughWeights(place, weights, delta, inputs.length).subarray(place.beside ?? 0);
      delta = slope.map((g, i) => g * below[i]! * factor(l - 1, i));
    }
  }
}

/** W̃(l) δ(l), where W̃ lacks the bias row: (inputs). */
function throughWeights(place: Place, weights: Numbers, delta: Float64Array, inputs: number): Float64Array {
  const below = new Float64Array(inputs);
  delta.forEach((d, j) => {
    for (const { input, weight } of termsOf(place, j)) below[input]! += weights[weight]! * d;
  });
  return below;
}

/** ŷ of every row, flat (rows, m(c+1)). x: (rows, m(0)). @throws usage if the shapes don't fit */
export function predict(network: Network, weights: Numbers, x: Numbers): Float64Array {
  const rows = countRows(network, weights, x);
  const outputs = network.layers.at(-1)!;
  const yHat = new Float64Array(rows * outputs);
  for (let n = 0; n < rows; n++)
    yHat.set(forward(network, weights, rowOf(network, x, n)).z.at(-1)!, n * outputs);
  return yHat;
}

/** E of the rows: the sum or mean of their errors, plus ½ λ Σ w². @throws usage if the shapes don't fit */
export function lossOf(
  network: Network,
  weights: Numbers,
  x: Numbers,
  y: Numbers,
  { reduction, l2, rowWeights: v, labelWeights, smoothing, factor }: LossOptions,
): number {
  const rows = countRows(network, weights, x);
  const total = weigh(v, rows);
  let E = 0;
  targetsOf(network, y, rows, smoothing).forEach((target, n) => {
    const { a, z } = forward(network, weights, rowOf(network, x, n), factorOf(factor, n));
    E += (v?.[n] ?? 1) * errorOf(network, target, a.at(-1)!, z.at(-1)!, labelWeights);
  });
  return (reduction === 'mean' ? E / total : E) + penaltyOf(network, weights, l2);
}

/**
 * E and gradE = ∂E/∂w by back-propagation: gw ← 0; for each example a forward pass, delta times the row's
 * weight, gw += z(l−1) δ(l)ᵀ; then division by the total weight for `mean`, and addition of λ w.
 * @throws usage if the shapes don't fit
 */
export function gradient(
  network: Network,
  weights: Numbers,
  x: Numbers,
  y: Numbers,
  options: LossOptions,
): Gradient {
  const { reduction, l2, rowWeights: v, labelWeights, smoothing } = options;
  const rows = countRows(network, weights, x);
  const total = weigh(v, rows);
  const gw = new Float64Array(weights.length);
  targetsOf(network, y, rows, smoothing).forEach((target, n) => {
    const ofUnit = factorOf(options.factor, n);
    const activations = forward(network, weights, rowOf(network, x, n), ofUnit);
    const { a, z } = activations;
    const weight = v?.[n] ?? 1;
    const delta = outputDelta(network, target, a.at(-1)!, z.at(-1)!, labelWeights).map(d => weight * d);
    backward(network, weights, activations, delta, gw, ofUnit);
  });
  const gradE = reduction === 'mean' ? gw.map(g => g / total) : gw;
  for (const place of placesOf(network)) {
    for (let i = place.begin; i < place.end; i++) if (!isBias(place, i)) gradE[i]! += l2 * weights[i]!;
  }
  return { loss: lossOf(network, weights, x, y, options), gradE };
}

/**
 * Runs full-batch gradient descent w ← w − α gradE for a number of steps, without changing the given weights.
 * losses[t] is E at the weights before step t. @throws usage if the shapes don't fit
 */
export function descend(
  network: Network,
  weights: Numbers,
  x: Numbers,
  y: Numbers,
  { learningRate, steps, ...options }: LossOptions & { learningRate: number; steps: number },
): { losses: Float64Array; weights: Float64Array } {
  const losses = new Float64Array(steps);
  let w = Float64Array.from(weights);
  for (let step = 0; step < steps; step++) {
    const { loss, gradE } = gradient(network, w, x, y, options);
    losses[step] = loss;
    w = w.map((v, i) => v - learningRate * gradE[i]!);
  }
  return { losses, weights: w };
}

function factorOf(factor: Factor | undefined, n: number): UnitFactor {
  return (l, j) => factor?.(n, l, j) ?? 1;
}

function rowOf(network: Network, x: Numbers, n: number): Float64Array {
  const features = network.layers[0]!;
  return Float64Array.from({ length: features }, (_, i) => x[n * features + i]!);
}

/** ½ λ Σ w² over the weights without biases. */
function penaltyOf(network: Network, weights: Numbers, l2: number): number {
  let squares = 0;
  for (const place of placesOf(network)) {
    for (let i = place.begin; i < place.end; i++) if (!isBias(place, i)) squares += weights[i]! ** 2;
  }
  return (l2 * squares) / 2;
}
