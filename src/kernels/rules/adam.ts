/**
 * Adam (Kingma and Ba 2015): m ← β₁ m + (1 − β₁) ∇E; v ← β₂ v + (1 − β₂) ∇E²; w ← w − α m̂ / (√v̂ + ε) with
 * m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) in step t. As PyTorch has it.
 */
import { pow } from '../../elementary.js';
import { averageSquare, type Floats, noteChanges, remembered } from './loops.js';
import { defineRule, kept, type Places, type Step } from './rule.js';

/** m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g². */
export function advanceMeans(
  m: Float32Array,
  v: Float32Array,
  g: Float32Array,
  clip: number,
  beta1: number,
  beta2: number,
): void {
  for (let i = 0; i < g.length; i++) {
    m[i] = remembered(beta1 * m[i]! + (1 - beta1) * clip * g[i]!);
    v[i] = averageSquare(v[i]!, clip * g[i]!, beta2);
  }
}

export const adamKernels = (floats: Floats) => ({
  /**
   * m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; w ← keep · w − rate · m / (root · √v + ε).
   * w, m, v, g: (length). change: (1).
   */
  adam(
    w: number,
    m: number,
    v: number,
    change: number,
    g: number,
    length: number,
    clip: number,
    beta1: number,
    beta2: number,
    rate: number,
    root: number,
    epsilon: number,
    keep: number,
  ): void {
    const M = floats(m, length);
    const V = floats(v, length);
    advanceMeans(M, V, floats(g, length), clip, beta1, beta2);
    noteChanges(floats(w, length), floats(change, 1), (old, i) => {
      return keep * old - (rate * M[i]!) / (root * Math.sqrt(V[i]!) + epsilon);
    });
  },
});
export type AdamKernels = ReturnType<typeof adamKernels>;

/** What Adam's descendants have too. */
export const ADAM_CONSTANTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
export const adamSlabs = () => ['mean', 'square'];

/** 1 − βᵗ in step t, computed once for all parts of a step. */
export function correctionOf(beta: number): (step: number) => number {
  let last = 0;
  let value = 0;
  return step => {
    if (step !== last) value = 1 - pow(beta, step);
    last = step;
    return value;
  };
}

/** The step of Adam with decoupled weight decay. */
export function adamStep(
  kernels: AdamKernels,
  { beta1, beta2, epsilon, weightDecay }: typeof ADAM_CONSTANTS & { weightDecay: number },
  { w, slab }: Places,
): Step {
  const m = slab('mean');
  const v = slab('square');
  const correction1 = correctionOf(beta1);
  const correction2 = correctionOf(beta2);
  return (part, { g, change, clip, learningRate, step }) => {
    const { at, length } = part;
    const W = w + at;
    const M = m + at;
    const V = v + at;
    const G = g + at;
    const rate = learningRate / correction1(step);
    const root = 1 / Math.sqrt(correction2(step));
    const keep = kept(weightDecay, part, learningRate);
    kernels.adam(W, M, V, change, G, length, clip, beta1, beta2, rate, root, epsilon, keep);
  };
}

export const adam = defineRule({
  name: 'adam',
  constants: ADAM_CONSTANTS,
  learningRate: 0.001,
  wholeBatches: null,
  slabs: adamSlabs,
  step(kernels: AdamKernels, constants, places) {
    return adamStep(kernels, { ...constants, weightDecay: 0 }, places);
  },
});
