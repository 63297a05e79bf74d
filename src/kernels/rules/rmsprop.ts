/**
 * RMSprop (Tieleman and Hinton 2012): s ← β₂ s + (1 − β₂) ∇E²; d = ∇E / (√s + ε); w ← w − α d; with momentum μ:
 * v ← μ v + d; w ← w − α v. As PyTorch has it.
 */
import { averageSquare, change, type Floats, remembered } from './loops.js';
import { defineRule, kept } from './rule.js';

export const rmspropKernels = (floats: Floats) => ({
  /**
   * s ← β s + (1 − β) g²; d = g / (√s + ε); w ← keep · w − rate · d. With momentum, `v` not 0:
   * v ← momentum · v + d and v in the place of d. w, s, v, g: (length). Returns the largest |change|.
   */
  rmsprop(
    w: number,
    s: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    beta: number,
    epsilon: number,
    momentum: number,
    rate: number,
    keep: number,
  ): number {
    const G = floats(g, length);
    const S = floats(s, length);
    const V = v ? floats(v, length) : null;
    return change(floats(w, length), (old, i) => {
      S[i] = averageSquare(S[i]!, clip * G[i]!, beta);
      let d = (clip * G[i]!) / (Math.sqrt(S[i]!) + epsilon);
      if (V) {
        d = remembered(momentum * V[i]! + d);
        V[i] = d;
      }
      return keep * old - rate * d;
    });
  },
});
export type RmspropKernels = ReturnType<typeof rmspropKernels>;

export const rmsprop = defineRule({
  name: 'rmsprop',
  constants: { momentum: 0, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 },
  learningRate: 0.001,
  wholeBatches: null,
  slabs: ({ momentum }) => (momentum === 0 ? ['square'] : ['square', 'velocity']),

  step(kernels: RmspropKernels, { momentum, beta2, epsilon, weightDecay }, { w, slab }) {
    const s = slab('square');
    const v = momentum === 0 ? null : slab('velocity');
    return (part, { g, clip, learningRate: rate }) => {
      const { at, length } = part;
      const W = w + at;
      const S = s + at;
      const V = v === null ? 0 : v + at;
      const G = g + at;
      const keep = kept(weightDecay, part, rate);
      return kernels.rmsprop(W, S, V, G, length, clip, beta2, epsilon, momentum, rate, keep);
    };
  },
});
