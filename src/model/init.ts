/**
 * Initial weights: small and random, so that neurons differ and net inputs neither vanish nor explode from layer to layer.
 * Biases are 0, except by ntp. Each weight depends only on the seed and its place.
 *
 * Glorot and Bengio 2010: uniform within ±√(6 / (m(l−1) + m(l))). He et al. 2015, for relu and similar activations: normal
 * with deviation √(2 / m(l−1)). LeCun et al. 1998, for selu: normal with deviation √(1 / m(l−1)).
 * ntp, for the rates of the neural tangent parametrisation (Jacot et al. 2018): LeCun's weights, and normal biases with
 * deviation 1.
 *
 * Waves: frequencies, normal with deviation 0.1 in turns for each unit of x, phases uniform over a turn, and the weights and
 * biases of k cosines uniform within ±1 / √k (Holzmüller, Grinsztajn and Steinwart 2024).
 */
import { usualInit } from '../kernels/activations.js';
import { Random } from '../random.js';
import { countParameters, firstDense, type Layer, layersOf, type Network } from './network.js';

export const INIT_SCHEMES = ['auto', 'glorot', 'he', 'lecun', 'ntp'] as const;
export type InitScheme = (typeof INIT_SCHEMES)[number];

/** Deviation of the frequencies, in turns for each unit of x. */
const FREQUENCY = 0.1;

/**
 * W(1), W(2), … row after row, the bias in row 0, without gaps. auto: the scheme for the layer's activation.
 * @param zeroOutput whether the last layer is 0
 */
export function initialWeights(
  network: Network,
  seed: number,
  scheme: InitScheme = 'auto',
  zeroOutput = false,
): Float32Array {
  const weights = new Float32Array(countParameters(network));
  let next = 0;
  const layers = layersOf(network);
  const waves = firstDense(network);
  for (const [layer, { inputs, outputs, activation }] of layers.entries()) {
    const random = new Random(seed, 'init', layer);
    const size = (inputs + 1) * outputs;
    if (layer < waves) {
      fillWaves(weights.subarray(next, next + size), layers[layer]!, random, layer === 0);
      next += size;
      continue;
    }
    const of = scheme === 'auto' ? usualInit(activation) : scheme;
    const limit = Math.sqrt(6 / (inputs + outputs));
    const deviation = Math.sqrt((of === 'he' ? 2 : 1) / inputs);
    if (zeroOutput && layer === layers.length - 1) break;
    // Row 0, the biases, stays 0.
    for (let i = 0; i < outputs && of === 'ntp'; i++) weights[next + i] = random.normal(i);
    for (let i = outputs; i < size; i++) {
      const glorot = of === 'glorot';
      weights[next + i] = glorot ? limit * (2 * random.uniform(i) - 1) : deviation * random.normal(i);
    }
    next += size;
  }
  return weights;
}

/** Writes the weights of a layer of waves. */
function fillWaves(w: Float32Array, { inputs, outputs }: Layer, random: Random, areCosines: boolean): void {
  const limit = areCosines ? Math.PI : 1 / Math.sqrt(inputs);
  const deviation = 2 * Math.PI * FREQUENCY;
  for (let i = 0; i < w.length; i++) {
    const isFrequency = areCosines && i >= outputs;
    w[i] = isFrequency ? deviation * random.normal(i) : limit * (2 * random.uniform(i) - 1);
  }
}
