/**
 * Error of one example and delta of the output layer, in float64. Logarithms of predictions are computed from
 * the net inputs a, so that they stay finite at ±1e4.
 */
import { isOfDifferences, type Network } from '../model/network.js';
import { derive } from './activations.js';
import type { Numbers } from './layout.js';

/**
 * E of one example, where y, a and z are target, net inputs and outputs of the output layer, all (outputs).
 *
 * sse: ½ Σ (y − z)². huber: Σ ½ (y − z)², beyond ±D: D (|y − z| − ½ D). absolute: Σ |y − z|.
 * quantile: Σ τ (y − z) above 0, (τ − 1) (y − z) below.
 * binary-cross-entropy: −Σ [p y ln σ(a) + (1−y) ln(1−σ(a))] = Σ p y s(−a) + (1−y) s(a), where s(a) = ln(1 +
 * eᵃ) and p are the label weights, 1 by default.
 * cross-entropy: −Σ y ln softmax(a) = Σ y (ln Σ eᵃ − a).
 */
export function errorOf(
  network: Network,
  y: Float64Array,
  a: Float64Array,
  z: Float64Array,
  labelWeights?: Numbers,
): number {
  switch (network.loss) {
    case 'sse':
      return y.reduce((E, target, k) => E + (target - z[k]!) ** 2 / 2, 0);
    case 'huber':
      return y.reduce((E, target, k) => E + huberOf(target - z[k]!, network.huberDelta!), 0);
    case 'quantile':
      return y.reduce((E, target, k) => E + pinballOf(target - z[k]!, network.quantile!), 0);
    case 'absolute':
      return y.reduce((E, target, k) => E + Math.abs(target - z[k]!), 0);
    case 'binary-cross-entropy':
      return a.reduce(
        (E, v, k) => E + (labelWeights?.[k] ?? 1) * y[k]! * softplus(-v) + (1 - y[k]!) * softplus(v),
        0,
      );
    case 'cross-entropy': {
      const largest = Math.max(...a);
      const logTotal = largest + Math.log(a.reduce((total, v) => total + Math.exp(v - largest), 0));
      return y.reduce((E, target, k) => E + target * (logTotal - a[k]!), 0);
    }
  }
}

/** ln(1 + eᵃ) without overflow. */
function softplus(a: number): number {
  return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
}

function huberOf(r: number, delta: number): number {
  const size = Math.abs(r);
  return size <= delta ? size ** 2 / 2 : delta * (size - delta / 2);
}

/** Of r = y − z: τ r above 0, (τ − 1) r below. */
function pinballOf(r: number, tau: number): number {
  return Math.max(tau * r, (tau - 1) * r);
}

/**
 * δ(c+1) = ∂E/∂a of one example: ŷ − y for cross-entropies, with label weights p y (ŷ − 1) + (1 − y) ŷ;
 * otherwise g′(a) ⊙ h′(z − y), where h′ is z − y for squared error, z − y clipped to ±D for Huber's, and its
 * sign for absolute error.
 */
export function outputDelta(
  network: Network,
  y: Float64Array,
  a: Float64Array,
  z: Float64Array,
  labelWeights?: Numbers,
): Float64Array {
  const difference = z.map((v, k) => v - y[k]!);
  const { loss, output, huberDelta, quantile = 0 } = network;
  if (labelWeights && loss === 'binary-cross-entropy') {
    return z.map((v, k) => labelWeights[k]! * y[k]! * (v - 1) + (1 - y[k]!) * v);
  }
  if (!isOfDifferences(loss) || output === 'softmax') return difference;
  const limit = huberDelta ?? Number.POSITIVE_INFINITY;
  const h = (r: number) => {
    if (loss === 'absolute') return Math.sign(r);
    if (loss === 'quantile') return r > 0 ? 1 - quantile : r < 0 ? -quantile : 0;
    return Math.min(Math.max(r, -limit), limit);
  };
  const slope = derive(output, a);
  return difference.map((r, k) => slope[k]! * h(r));
}
