/**
 * The activations g and their derivatives g′, one vector of net inputs at a time, in float64.
 */
import type { OutputActivation } from '../model/network.js';

/** z = g(a). Softmax is shifted by the largest net input, so that nothing overflows. */
export function activate(activation: OutputActivation, a: Float64Array): Float64Array {
  switch (activation) {
    case 'identity':
      return a.slice();
    case 'sigmoid':
      return a.map(v => 1 / (1 + Math.exp(-v)));
    case 'tanh':
      return a.map(v => Math.tanh(v));
    case 'relu':
      return a.map(v => Math.max(0, v));
    case 'softmax': {
      const largest = Math.max(...a);
      const powers = a.map(v => Math.exp(v - largest));
      const total = powers.reduce((sum, v) => sum + v, 0);
      return powers.map(v => v / total);
    }
  }
}

/** g′(a), element by element; written in z = g(a). Softmax has none: its delta comes with its loss. */
export function derive(activation: Exclude<OutputActivation, 'softmax'>, z: Float64Array): Float64Array {
  switch (activation) {
    case 'identity':
      return z.map(() => 1);
    case 'sigmoid':
      return z.map(v => v * (1 - v));
    case 'tanh':
      return z.map(v => 1 - v ** 2);
    case 'relu':
      return z.map(v => (v > 0 ? 1 : 0));
  }
}
