/**
 * LAMB (You et al. 2020), for large batches: Adam's direction with weight decay in it, u = m̂ / (√v̂ + ε) + λ w, whose
 * length is, for each layer, that of its weights: w ← w − α (‖w‖ / ‖u‖) u. Biases: λ = 0, and u as it is.
 */
import { ADAM_CONSTANTS, adamSlabs, advanceMeans, correctionOf } from './adam.js';
import type { Floats } from './loops.js';
import { defineRule } from './rule.js';
import type { SgdKernels } from './sgd.js';

export const lambKernels = (floats: Floats) => ({
  /**
   * Adam's direction, in the place of g: m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
   * g ← gain · m / (root · √v + ε) + decay · w. All: (length).
   */
  adamDirection(
    g: number,
    m: number,
    v: number,
    w: number,
    length: number,
    clip: number,
    beta1: number,
    beta2: number,
    gain: number,
    root: number,
    epsilon: number,
    decay: number,
  ): void {
    const G = floats(g, length);
    const M = floats(m, length);
    const V = floats(v, length);
    const W = floats(w, length);
    advanceMeans(M, V, G, clip, beta1, beta2);
    for (let i = 0; i < length; i++) {
      G[i] = (gain * M[i]!) / (root * Math.sqrt(V[i]!) + epsilon) + decay * W[i]!;
    }
  },
});
export type LambKernels = ReturnType<typeof lambKernels>;

export const lamb = defineRule({
  name: 'lamb',
  constants: { ...ADAM_CONSTANTS, epsilon: 1e-6, weightDecay: 0 },
  learningRate: 0.002,
  wholeBatches: null,
  slabs: adamSlabs,

  /** ‖w‖ / ‖u‖; 1 if a norm is 0. */
  trust(_, { w, direction }) {
    return w > 0 && direction > 0 ? w / direction : 1;
  },

  direct(kernels: LambKernels & SgdKernels, { beta1, beta2, epsilon, weightDecay }, { w, slab }) {
    const m = slab('mean');
    const v = slab('square');
    const correction1 = correctionOf(beta1);
    const correction2 = correctionOf(beta2);
    return ({ at, length, bias }, { g, clip, step }) => {
      const G = g + at;
      const M = m + at;
      const V = v + at;
      const W = w + at;
      const gain = 1 / correction1(step);
      const root = 1 / Math.sqrt(correction2(step));
      const decay = bias ? 0 : weightDecay;
      kernels.adamDirection(G, M, V, W, length, clip, beta1, beta2, gain, root, epsilon, decay);
    };
  },

  step(kernels, _, { w }) {
    return ({ at, length, layer, bias }, { g, change, learningRate, trust }) =>
      kernels.descend(w + at, change, g + at, length, 1, learningRate * (bias ? 1 : trust[layer]!), 1);
  },
});
