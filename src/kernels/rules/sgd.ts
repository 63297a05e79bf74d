/**
 * Stochastic gradient descent, w ← w − α ∇E, or with momentum μ (Polyak 1964): v ← μ v + ∇E; w ← w − α v; looking ahead
 * (Nesterov 1983; Sutskever et al. 2013): w ← w − α (∇E + μ v). As PyTorch has them.
 */
import { type Floats, noteChanges, remembered, sumShards } from './loops.js';
import { defineRule, kept } from './rule.js';

export const sgdKernels = (floats: Floats) => ({
  /**
   * Plain descent in one go, from gradients that are not collected: g = scale · Σₛ gw(s) + decay · w, the shards added in
   * their order; w ← w − learningRate · g. w, gw(s): (length), gw(s) `stride` bytes apart. change: (1).
   */
  update(
    w: number,
    change: number,
    gw: number,
    stride: number,
    shards: number,
    length: number,
    scale: number,
    learningRate: number,
    decay: number,
  ): void {
    const sums = sumShards(floats, gw, stride, shards, length);
    noteChanges(
      floats(w, length),
      floats(change, 1),
      (old, i) => old - learningRate * (scale * sums[i]! + decay * old),
    );
  },

  /** w ← keep · w − rate · clip · g. w, g: (length). change: (1). */
  descend(
    w: number,
    change: number,
    g: number,
    length: number,
    clip: number,
    rate: number,
    keep: number,
  ): void {
    const G = floats(g, length);
    noteChanges(floats(w, length), floats(change, 1), (old, i) => keep * old - rate * clip * G[i]!);
  },

  /**
   * d = gain · (clip · g + decay · w); v ← momentum · v + d;
   * w ← keep · w − rate · v, or, `nesterov`, w ← keep · w − rate · (d + momentum · v).
   * w, v, g: (length). change: (1).
   */
  momentum(
    w: number,
    v: number,
    change: number,
    g: number,
    length: number,
    clip: number,
    gain: number,
    decay: number,
    momentum: number,
    rate: number,
    keep: number,
    nesterov: boolean,
  ): void {
    const G = floats(g, length);
    const V = floats(v, length);
    noteChanges(floats(w, length), floats(change, 1), (old, i) => {
      const d = gain * (clip * G[i]! + decay * old);
      V[i] = remembered(momentum * V[i]! + d);
      return keep * old - rate * (nesterov ? d + momentum * V[i]! : V[i]!);
    });
  },
});
export type SgdKernels = ReturnType<typeof sgdKernels>;

export const sgd = defineRule({
  name: 'sgd',
  constants: { momentum: 0, nesterov: false as boolean, weightDecay: 0 },
  /**
   * Everything from a table of a hundred rows to MNIST learns with these. The curvature of squared error grows with
   * features and hidden units: with 128 of them 0.05 diverges on some tables, and 0.03 on others with linear models. So
   * does that of a reconstruction's binary cross-entropy: 0.03 diverges on MNIST's pixels.
   */
  learningRate: { values: 0.01, classes: 0.1 },
  wholeBatches: null,
  slabs: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
  isDescent: ({ momentum, weightDecay }) => momentum === 0 && weightDecay === 0,

  step(kernels: SgdKernels, { momentum, nesterov, weightDecay }, { w, slab }) {
    if (momentum === 0) {
      return (part, { g, change, clip, learningRate: rate }) => {
        const { at, length } = part;
        kernels.descend(w + at, change, g + at, length, clip, rate, kept(weightDecay, part, rate));
      };
    }
    const v = slab('velocity');
    return (part, { g, change, clip, learningRate: rate }) => {
      const { at, length } = part;
      const keep = kept(weightDecay, part, rate);
      const [W, V, G] = [w + at, v + at, g + at];
      kernels.momentum(W, V, change, G, length, clip, 1, 0, momentum, rate, keep, nesterov);
    };
  },
});
