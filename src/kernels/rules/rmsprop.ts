/**
 * RMSprop (Tieleman and Hinton 2012): s ← β₂ s + (1 − β₂) ∇E²; d = ∇E / (√s + ε); w ← w − α d; with momentum μ:
 * v ← μ v + d; w ← w − α v. As PyTorch has it.
 */
import { averageSquare, type Floats, noteChanges, remembered } from './loops.js';
import { defineRule, kept } from './rule.js';

export const rmspropKernels = (floats: Floats) => ({
  /**
   * s ← β s + (1 − β) g²; d = g / (√s + ε); w ← keep · w − rate · d. With momentum, `v` not 0:
   * v ← momentum · v + d and v in the place of d. w, s, v, g: (length). change: (1).
   */
  rmsprop(
    w: number,
    s: number,
    v: number,
    change: number,
    g: number,
    length: number,
    clip: number,
    beta: number,
    epsilon: number,
    momentum: number,
    rate: number,
    keep: number,
  ): void {
    const G = floats(g, length);
    const S = floats(s, length);
    const V = v ? floats(v, length) : null;
    noteChanges(floats(w, length), floats(change, 1), (old, i) => {
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
    return (part, { g, change, clip, learningRate: rate }) => {
      const { at, length } = part;
      const W = w + at;
      const S = s + at;
      const V = v === null ? 0 : v + at;
      const G = g + at;
      const keep = kept(weightDecay, part, rate);
      kernels.rmsprop(W, S, V, change, G, length, clip, beta2, epsilon, momentum, rate, keep);
    };
  },
});
