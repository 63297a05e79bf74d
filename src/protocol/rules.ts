/**
 * The rules as calls of the kernels, each for one part of the parameters with its gradient collected: from the
 * optimizer's constants and the number of the step to the kernel's own. PyTorch's formulas where it has the rule.
 */
import type { UpdateRules } from '../kernels/rules.js';
import type { Optimizer } from '../model/optimizer.js';

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
  const { w, slab } = places;
  const { momentum, nesterov, beta1, beta2, epsilon, weightDecay } = optimizer;
  const keep = ({ bias }: Part, rate: number) => (bias ? 1 : 1 - rate * weightDecay);
  switch (optimizer.name) {
    case 'sgd': {
      if (momentum === 0) {
        return (part, { g, clip, learningRate }) =>
          rules.descend(w + part.at, g + part.at, part.length, clip, learningRate, keep(part, learningRate));
      }
      const v = slab('velocity');
      return (part, { g, clip, learningRate: rate }) => {
        const { at, length } = part;
        const kept = keep(part, rate);
        return rules.momentum(w + at, v + at, g + at, length, clip, 1, 0, momentum, rate, kept, nesterov);
      };
    }
    case 'lars': {
      const v = slab('velocity');
      return ({ at, length, layer, bias }, { g, clip, learningRate, trust }) => {
        const gain = bias ? learningRate : learningRate * trust[layer]!;
        const decay = bias ? 0 : weightDecay;
        return rules.momentum(w + at, v + at, g + at, length, clip, gain, decay, momentum, 1, 1, false);
      };
    }
    case 'adam':
    case 'adamw': {
      const m = slab('mean');
      const v = slab('square');
      return (part, { g, clip, learningRate, step }) => {
        const { at, length } = part;
        const rate = learningRate / (1 - beta1 ** step);
        const root = 1 / Math.sqrt(1 - beta2 ** step);
        const kept = keep(part, learningRate);
        return rules.adam(
          w + at,
          m + at,
          v + at,
          g + at,
          length,
          clip,
          beta1,
          beta2,
          rate,
          root,
          epsilon,
          kept,
        );
      };
    }
    case 'lamb':
      // What stands in g is the direction by now.
      return ({ at, length, layer, bias }, { g, learningRate, trust }) =>
        rules.descend(w + at, g + at, length, 1, learningRate * (bias ? 1 : trust[layer]!), 1);
    case 'rmsprop': {
      const s = slab('square');
      const v = momentum === 0 ? null : slab('velocity');
      return (part, { g, clip, learningRate: rate }) => {
        const { at, length } = part;
        const velocity = v === null ? 0 : v + at;
        const kept = keep(part, rate);
        return rules.rmsprop(
          w + at,
          s + at,
          velocity,
          g + at,
          length,
          clip,
          beta2,
          epsilon,
          momentum,
          rate,
          kept,
        );
      };
    }
    case 'adagrad': {
      const s = slab('square');
      return (part, { g, clip, learningRate }) => {
        const { at, length } = part;
        const kept = keep(part, learningRate);
        return rules.adagrad(w + at, s + at, g + at, length, clip, epsilon, learningRate, kept);
      };
    }
    case 'lbfgs':
      throw new Error('L-BFGS is no rule of single parameters: workers/lbfgs.ts');
    case 'rprop': {
      const p = slab('previous');
      const size = slab('size');
      return ({ at, length }, { g, clip, learningRate }) =>
        rules.rprop(w + at, p + at, size + at, g + at, length, clip, learningRate);
    }
  }
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
    const gain = 1 / (1 - beta1 ** step);
    const root = 1 / Math.sqrt(1 - beta2 ** step);
    const decay = bias ? 0 : weightDecay;
    rules.adamDirection(
      g + at,
      m + at,
      v + at,
      w + at,
      length,
      clip,
      beta1,
      beta2,
      gain,
      root,
      epsilon,
      decay,
    );
  };
}
