/**
 * The rules as calls of the kernels, each for one part of the parameters with its gradient collected: from the
 * optimizer's constants and the number of the step to the kernel's own. PyTorch's formulas where it has the rule.
 */
import type { UpdateRules } from '../kernels/rules.js';
import type { Optimizer, OptimizerName } from '../model/optimizer.js';

/** Where the parameters and the rule's slabs begin in the arena, in bytes. */
export interface RulePlaces {
  w: number;
  slab(name: string): number;
}

/** Some parameters of one layer, all of them biases or none. */
export interface Part {
  /** Bytes from the beginning of the slab. */
  at: number;
  length: number;
  layer: number;
  bias: boolean;
}

/** What a step, or the norms in it, make of a rule's constants. */
export interface Factors {
  learningRate: number;
  /** The number of the step, from 1. */
  step: number;
  /** Where the slab with the gradient begins, or would if there were all of it. */
  g: number;
  /** What brings the whole gradient to its largest length. */
  clip: number;
  /** Of each layer: ‖w‖ over the norm of its step, for lars and lamb. */
  trust: readonly number[];
}

/** w ← …; returns the largest |change|. */
export type Rule = (part: Part, factors: Factors) => number;

/** The rule that an optimizer names. */
export function makeRule(rules: UpdateRules, optimizer: Optimizer, places: RulePlaces): Rule {
  const { name } = optimizer;
  if (name === 'lbfgs') throw new Error('L-BFGS is no rule of single parameters: workers/lbfgs.ts');
  return MAKERS[name](rules, optimizer, places);
}

type Maker = (rules: UpdateRules, optimizer: Optimizer, places: RulePlaces) => Rule;

const MAKERS: Readonly<Record<Exclude<OptimizerName, 'lbfgs'>, Maker>> = {
  sgd: (rules, optimizer, places) =>
    optimizer.momentum === 0 ? descent(rules, optimizer, places) : momentum(rules, optimizer, places),
  lars,
  adam,
  adamw: adam,
  lamb,
  rmsprop,
  adagrad,
  rprop,
};

/** What a decoupled decay leaves of the weights. */
function kept({ weightDecay }: Optimizer, { bias }: Part, learningRate: number): number {
  return bias ? 1 : 1 - learningRate * weightDecay;
}

function descent(rules: UpdateRules, optimizer: Optimizer, { w }: RulePlaces): Rule {
  return (part, { g, clip, learningRate: rate }) =>
    rules.descend(w + part.at, g + part.at, part.length, clip, rate, kept(optimizer, part, rate));
}

function momentum(rules: UpdateRules, optimizer: Optimizer, { w, slab }: RulePlaces): Rule {
  const { momentum: mu, nesterov } = optimizer;
  const v = slab('velocity');
  return (part, { g, clip, learningRate: rate }) => {
    const { at, length } = part;
    const keep = kept(optimizer, part, rate);
    return rules.momentum(w + at, v + at, g + at, length, clip, 1, 0, mu, rate, keep, nesterov);
  };
}

function lars(rules: UpdateRules, optimizer: Optimizer, { w, slab }: RulePlaces): Rule {
  const { momentum: mu, weightDecay } = optimizer;
  const v = slab('velocity');
  return ({ at, length, layer, bias }, { g, clip, learningRate, trust }) => {
    const gain = bias ? learningRate : learningRate * trust[layer]!;
    const decay = bias ? 0 : weightDecay;
    return rules.momentum(w + at, v + at, g + at, length, clip, gain, decay, mu, 1, 1, false);
  };
}

function adam(rules: UpdateRules, optimizer: Optimizer, { w, slab }: RulePlaces): Rule {
  const { beta1, beta2, epsilon } = optimizer;
  const m = slab('mean');
  const v = slab('square');
  return (part, { g, clip, learningRate, step }) => {
    const { at, length } = part;
    const W = w + at;
    const M = m + at;
    const V = v + at;
    const G = g + at;
    const rate = learningRate / (1 - beta1 ** step);
    const root = 1 / Math.sqrt(1 - beta2 ** step);
    const keep = kept(optimizer, part, learningRate);
    return rules.adam(W, M, V, G, length, clip, beta1, beta2, rate, root, epsilon, keep);
  };
}

/** Its second half, the step: what stands in g is the direction by now. */
function lamb(rules: UpdateRules, _: Optimizer, { w }: RulePlaces): Rule {
  return ({ at, length, layer, bias }, { g, learningRate, trust }) =>
    rules.descend(w + at, g + at, length, 1, learningRate * (bias ? 1 : trust[layer]!), 1);
}

function rmsprop(rules: UpdateRules, optimizer: Optimizer, { w, slab }: RulePlaces): Rule {
  const { beta2, epsilon, momentum: mu } = optimizer;
  const s = slab('square');
  const v = mu === 0 ? null : slab('velocity');
  return (part, { g, clip, learningRate: rate }) => {
    const { at, length } = part;
    const W = w + at;
    const S = s + at;
    const V = v === null ? 0 : v + at;
    const G = g + at;
    const keep = kept(optimizer, part, rate);
    return rules.rmsprop(W, S, V, G, length, clip, beta2, epsilon, mu, rate, keep);
  };
}

function adagrad(rules: UpdateRules, optimizer: Optimizer, { w, slab }: RulePlaces): Rule {
  const s = slab('square');
  return (part, { g, clip, learningRate: rate }) => {
    const { at, length } = part;
    const keep = kept(optimizer, part, rate);
    return rules.adagrad(w + at, s + at, g + at, length, clip, optimizer.epsilon, rate, keep);
  };
}

function rprop(rules: UpdateRules, _: Optimizer, { w, slab }: RulePlaces): Rule {
  const p = slab('previous');
  const size = slab('size');
  return ({ at, length }, { g, clip, learningRate }) =>
    rules.rprop(w + at, p + at, size + at, g + at, length, clip, learningRate);
}

/** LAMB's first half: g ← m̂ / (√v̂ + ε) + λ w. */
export function makeDirection(
  rules: UpdateRules,
  optimizer: Optimizer,
  { w, slab }: RulePlaces,
): (part: Part, factors: Factors) => void {
  const { beta1, beta2, epsilon, weightDecay } = optimizer;
  const m = slab('mean');
  const v = slab('square');
  return ({ at, length, bias }, { g, clip, step }) => {
    const G = g + at;
    const M = m + at;
    const V = v + at;
    const W = w + at;
    const gain = 1 / (1 - beta1 ** step);
    const root = 1 / Math.sqrt(1 - beta2 ** step);
    const decay = bias ? 0 : weightDecay;
    rules.adamDirection(G, M, V, W, length, clip, beta1, beta2, gain, root, epsilon, decay);
  };
}
