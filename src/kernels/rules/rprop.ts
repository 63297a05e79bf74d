/**
 * Rprop (Riedmiller and Braun 1993; without backtracking, Igel and Hüsken 2003): each parameter has its own step, which
 * goes by the signs of its gradients alone. As PyTorch has it.
 */
import { type Floats, noteChanges } from './loops.js';
import { defineRule } from './rule.js';

export const rpropKernels = (floats: Floats) => ({
  /**
   * Each parameter's own step `size`, from p, its gradient of the step before: if g p > 0 it grows 1.2 times, to 50
   * at most; if g p < 0 it halves, to 1e-6 at least, and g counts as 0. w ← w − sign(g) · size; p ← g. A size of 0 is
   * none yet: it begins at `first`. w, p, size, g: (length). change: (1).
   */
  rprop(
    w: number,
    p: number,
    size: number,
    change: number,
    g: number,
    length: number,
    clip: number,
    first: number,
  ): void {
    const G = floats(g, length);
    const P = floats(p, length);
    const S = floats(size, length);
    noteChanges(floats(w, length), floats(change, 1), (old, i) => {
      const agreement = Math.sign(G[i]!) * Math.sign(P[i]!);
      S[i] = Math.min(Math.max((S[i]! || first) * (agreement > 0 ? 1.2 : agreement < 0 ? 0.5 : 1), 1e-6), 50);
      P[i] = agreement < 0 ? 0 : clip * G[i]!;
      return old - Math.sign(P[i]!) * S[i]!;
    });
  },
});
export type RpropKernels = ReturnType<typeof rpropKernels>;

export const rprop = defineRule({
  name: 'rprop',
  constants: {},
  /** The size of the first step. */
  learningRate: 0.01,
  wholeBatches: 'it goes by the signs of the whole gradient',
  slabs: () => ['previous', 'size'],

  step(kernels: RpropKernels, _, { w, slab }) {
    const p = slab('previous');
    const size = slab('size');
    return ({ at, length }, { g, change, clip, learningRate }) =>
      kernels.rprop(w + at, p + at, size + at, change, g + at, length, clip, learningRate);
  },
});
