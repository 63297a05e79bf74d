/**
 * LARS (You, Gitman and Ginsburg 2017), for large batches: momentum whose step is, for each layer, in proportion to the
 * norm of its weights: r = η ‖w‖ / (‖∇E‖ + λ ‖w‖); v ← μ v + α r (∇E + λ w); w ← w − v. Biases: r = 1, λ = 0.
 */
import { defineRule } from './rule.js';
import type { SgdKernels } from './sgd.js';

export const lars = defineRule({
  name: 'lars',
  constants: { momentum: 0.9, trust: 1e-3, weightDecay: 0 },
  /** It is multiplied by η. */
  learningRate: 1,
  wholeBatches: null,
  slabs: () => ['velocity'],

  /** η ‖w‖ / (‖g‖ + λ ‖w‖); 1 if a norm is 0. */
  trust({ trust, weightDecay }, { w, gradient }, clip) {
    return w > 0 && gradient > 0 ? (trust * w) / (clip * gradient + weightDecay * w) : 1;
  },

  step(kernels: SgdKernels, { momentum, weightDecay }, { w, slab }) {
    const v = slab('velocity');
    return ({ at, length, layer, bias }, { g, change, clip, learningRate, trust }) => {
      const gain = bias ? learningRate : learningRate * trust[layer]!;
      const decay = bias ? 0 : weightDecay;
      const [W, V, G] = [w + at, v + at, g + at];
      kernels.momentum(W, V, change, G, length, clip, gain, decay, momentum, 1, 1, false);
    };
  },
});
