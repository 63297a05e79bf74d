/** AdaGrad (Duchi, Hazan and Singer 2011): s ← s + ∇E²; w ← w − α ∇E / (√s + ε). As PyTorch has it. */
import { type Floats, noteChanges } from './loops.js';
import { defineRule, kept } from './rule.js';

export const adagradKernels = (floats: Floats) => ({
  /** s ← s + g²; w ← keep · w − rate · g / (√s + ε). w, s, g: (length). change: (1). */
  adagrad(
    w: number,
    s: number,
    change: number,
    g: number,
    length: number,
    clip: number,
    epsilon: number,
    rate: number,
    keep: number,
  ): void {
    const G = floats(g, length);
    const S = floats(s, length);
    noteChanges(floats(w, length), floats(change, 1), (old, i) => {
      const g = clip * G[i]!;
      S[i] = S[i]! + g * g;
      return keep * old - (rate * clip * G[i]!) / (Math.sqrt(S[i]!) + epsilon);
    });
  },
});
export type AdagradKernels = ReturnType<typeof adagradKernels>;

export const adagrad = defineRule({
  name: 'adagrad',
  constants: { epsilon: 1e-10, weightDecay: 0 },
  learningRate: 0.01,
  wholeBatches: null,
  slabs: () => ['square'],

  step(kernels: AdagradKernels, { epsilon, weightDecay }, { w, slab }) {
    const s = slab('square');
    return (part, { g, change, clip, learningRate: rate }) => {
      const { at, length } = part;
      const keep = kept(weightDecay, part, rate);
      kernels.adagrad(w + at, s + at, change, g + at, length, clip, epsilon, rate, keep);
    };
  },
});
