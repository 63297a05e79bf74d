/**
 * The errors of one example and the output layer's delta, in float64, computed from the net inputs a where
 * a logarithm of a prediction is needed, so that they stay finite at ±1e4.
 */
import type { Network } from '../model/network.js';
import { derive } from './activations.js';

/**
 * E of one example, y and a and z the target, net inputs and outputs of the output layer, all (outputs).
 *
 * sse: ½ Σ (y − z)². binary-cross-entropy: −Σ [y ln σ(a) + (1−y) ln(1−σ(a))] = Σ max(a,0) − y a + ln(1 + e^−|a|).
 * cross-entropy: −Σ y ln softmax(a) = Σ y (ln Σ eᵃ − a).
 */
export function errorOf(network: Network, y: Float64Array, a: Float64Array, z: Float64Array): number {
  switch (network.loss) {
    case 'sse':
      return y.reduce((E, target, k) => E + (target - z[k]!) ** 2 / 2, 0);
    case 'binary-cross-entropy':
      return a.reduce((E, v, k) => E + Math.max(v, 0) - y[k]! * v + Math.log1p(Math.exp(-Math.abs(v))), 0);
    case 'cross-entropy': {
      const largest = Math.max(...a);
      const logTotal = largest + Math.log(a.reduce((total, v) => total + Math.exp(v - largest), 0));
      return y.reduce((E, target, k) => E + target * (logTotal - a[k]!), 0);
    }
  }
}

/** δ(c+1) = ∂E/∂a of one example: g′(a) ⊙ (z − y) for squared error, ŷ − y for the cross-entropies. */
export function outputDelta(
  network: Network,
  y: Float64Array,
  a: Float64Array,
  z: Float64Array,
): Float64Array {
  const difference = z.map((v, k) => v - y[k]!);
  if (network.loss !== 'sse' || network.output === 'softmax') return difference;
  const slope = derive(network.output, a);
  return difference.map((v, k) => slope[k]! * v);
}
