/**
 * Initial weights: small and random, so that neurons differ and net inputs neither vanish nor explode from
 * layer to layer; biases 0. The weight at a place depends on the seed and that place alone.
 *
 * Glorot and Bengio 2010: uniform within ±√(6 / (m(l−1) + m(l))). He et al. 2015, for relu: normal with
 * deviation √(2 / m(l−1)).
 */
import { Random } from '../random.js';
import { countParameters, layersOf, type Network } from './network.js';

export const INIT_SCHEMES = ['auto', 'glorot', 'he'] as const;
export type InitScheme = (typeof INIT_SCHEMES)[number];

/** W(1), W(2), … row after row, the bias in row 0, without gaps. auto: He for relu layers, else Glorot. */
export function initialWeights(network: Network, seed: number, scheme: InitScheme = 'auto'): Float32Array {
  const weights = new Float32Array(countParameters(network));
  let next = 0;
  layersOf(network).forEach(({ inputs, outputs, activation }, layer) => {
    const random = new Random(seed, 'init', layer);
    const he = scheme === 'he' || (scheme === 'auto' && activation === 'relu');
    const limit = Math.sqrt(6 / (inputs + outputs));
    const deviation = Math.sqrt(2 / inputs);
    const size = (inputs + 1) * outputs;
    // Row 0, the biases, stays 0.
    for (let i = outputs; i < size; i++) {
      weights[next + i] = he ? deviation * random.normal(i) : limit * (2 * random.uniform(i) - 1);
    }
    next += size;
  });
  return weights;
}
