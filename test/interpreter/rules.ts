/**
 * The update rules, parameter by parameter. What a rule multiplies by is computed in double precision from its constants
 * and rounded to float32 once; every other operation is rounded by itself.
 */
import { pow } from '../../src/elementary.js';
import type { OptimizerName } from '../../src/model/optimizer.js';
import { round } from './arithmetic.js';
import type { Weights } from './rows.js';

/** Place of a parameter: its layer, from 0, its place in W(l), and whether it is a bias. */
export interface Place {
  l: number;
  i: number;
  bias: boolean;
}

/** What a parameter becomes, from w and its gradient or direction. */
export type Rule = (w: number, g: number, place: Place) => number;

/** What a rule knows of its step. */
export interface RuleStep {
  constants: Readonly<Record<string, number | boolean>>;
  learningRate: number;
  /** From 1. */
  number: number;
  /** Factor of the gradient. */
  clip: number;
  /** What a rule remembers, by name, with the layout of the weights; 0 at first. */
  slab(name: string): Weights;
  /** Factor of the step of each layer, of rules that have one. */
  trust: readonly number[];
}

/** w ← keep w − α g. */
function descend({ constants, learningRate, clip }: RuleStep): Rule {
  const rate = round(learningRate);
  return (w, g, { bias }) => kept(w, bias, constants, learningRate) - round(rate * round(g * round(clip)));
}

/** v ← μ v + g; w ← keep w − α v, or keep w − α (g + μ v). */
function momentum({ constants, learningRate, clip, slab }: RuleStep): Rule {
  const velocity = slab('velocity');
  const mu = round(constants.momentum as number);
  return (w, g, { l, i, bias }) => {
    const d = round(g * round(clip));
    const v = remembered(round(round(velocity[l]![i]! * mu) + d));
    velocity[l]![i] = v;
    const direction = constants.nesterov ? round(d + round(v * mu)) : v;
    return kept(w, bias, constants, learningRate) - round(direction * round(learningRate));
  };
}

/** v ← μ v + α r (g + λ w); w ← w − v. */
function lars({ constants, learningRate, clip, slab, trust }: RuleStep): Rule {
  const velocity = slab('velocity');
  return (w, g, { l, i, bias }) => {
    const gain = round(learningRate * (bias ? 1 : trust[l]!));
    const decay = round(bias ? 0 : (constants.weightDecay as number));
    const d = round(round(round(g * round(clip)) + round(w * decay)) * gain);
    const v = remembered(round(round(velocity[l]![i]! * round(constants.momentum as number)) + d));
    velocity[l]![i] = v;
    return w - v;
  };
}

/** w ← keep w − α m̂ / (√v̂ + ε). */
function adam(step: RuleStep): Rule {
  const { constants, learningRate, number, clip } = step;
  const ratio = adamRatio(step);
  const rate = round(learningRate / (1 - pow(constants.beta1 as number, number)));
  return (w, g, place) => {
    const u = ratio(round(g * round(clip)), place);
    return kept(w, place.bias, constants, learningRate) - round(u * rate);
  };
}

/** u = m̂ / (√v̂ + ε) + λ w. */
export function lambDirection(step: RuleStep): Rule {
  const { constants, number, clip } = step;
  const ratio = adamRatio(step);
  const gain = round(1 / (1 - pow(constants.beta1 as number, number)));
  return (w, g, place) => {
    const u = ratio(round(g * round(clip)), place);
    const decay = round(place.bias ? 0 : (constants.weightDecay as number));
    return round(u * gain) + round(w * decay);
  };
}

/** w ← w − α r u. */
function lamb({ learningRate, trust }: RuleStep): Rule {
  return (w, u, { l, bias }) => w - round(round(learningRate * (bias ? 1 : trust[l]!)) * u);
}

/** m / (√v / √(1 − β₂ᵗ) + ε), with m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g². */
function adamRatio({ constants, number, slab }: RuleStep): (g: number, place: Place) => number {
  const [beta1, beta2] = [constants.beta1 as number, constants.beta2 as number];
  const root = round(1 / Math.sqrt(1 - pow(beta2, number)));
  const mean = slab('mean');
  const square = slab('square');
  return (g, { l, i }) => {
    const m = remembered(average(mean[l]![i]!, g, beta1));
    const v = averageSquare(square[l]![i]!, g, beta2);
    mean[l]![i] = m;
    square[l]![i] = v;
    return round(m / round(round(rootOf(v) * root) + round(constants.epsilon as number)));
  };
}

/** s ← β s + (1 − β) g²; d = g / (√s + ε); w ← keep w − α d, or with momentum v ← μ v + d and v for d. */
function rmsprop({ constants, learningRate, clip, slab }: RuleStep): Rule {
  const square = slab('square');
  const velocity = constants.momentum === 0 ? null : slab('velocity');
  return (w, g, { l, i, bias }) => {
    const clipped = round(g * round(clip));
    const s = averageSquare(square[l]![i]!, clipped, constants.beta2 as number);
    square[l]![i] = s;
    let d = round(clipped / round(rootOf(s) + round(constants.epsilon as number)));
    if (velocity) {
      d = remembered(round(round(velocity[l]![i]! * round(constants.momentum as number)) + d));
      velocity[l]![i] = d;
    }
    return kept(w, bias, constants, learningRate) - round(d * round(learningRate));
  };
}

/** s ← s + g²; w ← keep w − α g / (√s + ε). */
function adagrad({ constants, learningRate, clip, slab }: RuleStep): Rule {
  const square = slab('square');
  return (w, g, { l, i, bias }) => {
    const clipped = round(g * round(clip));
    const s = round(square[l]![i]! + round(clipped * clipped));
    square[l]![i] = s;
    const d = round(clipped / round(rootOf(s) + round(constants.epsilon as number)));
    return kept(w, bias, constants, learningRate) - round(d * round(learningRate));
  };
}

/** w ← w − sign(g) size: a size grows 1.2 times while the sign of g stays, and halves, without a step, if it changes. */
function rprop({ learningRate, clip, slab }: RuleStep): Rule {
  const previous = slab('previous');
  const size = slab('size');
  return (w, g, { l, i }) => {
    const clipped = round(g * round(clip));
    const agreement = Math.sign(clipped) * Math.sign(previous[l]![i]!);
    const factor = agreement > 0 ? round(1.2) : agreement < 0 ? 0.5 : 1;
    const next = round((size[l]![i]! || round(learningRate)) * factor);
    size[l]![i] = Math.max(Math.min(next, 50), round(1e-6));
    previous[l]![i] = agreement < 0 ? 0 : clipped;
    return w - Math.sign(previous[l]![i]!) * size[l]![i]!;
  };
}

const sgd = (step: RuleStep) => (step.constants.momentum === 0 ? descend : momentum)(step);

/** Without L-BFGS, which has no step of single parameters. */
export const RULES: Readonly<Record<Exclude<OptimizerName, 'lbfgs'>, (step: RuleStep) => Rule>> = {
  ...{ sgd, adam, adamw: adam, rmsprop, adagrad, lars, lamb, rprop },
};

/** (1 − α λ) w, biases as they are. */
function kept(w: number, bias: boolean, { weightDecay = 0 }: RuleStep['constants'], alpha: number): number {
  return round(w * round(bias ? 1 : 1 - alpha * (weightDecay as number)));
}

/** What a rule remembers of x: 0 below 2⁻¹⁰⁰. */
function remembered(x: number): number {
  return Math.abs(x) < 2 ** -100 ? 0 : x;
}

/** β s + (1 − β) g²; 0 if g is 0 and it is below 2⁻¹²⁶. */
function averageSquare(s: number, g: number, beta: number): number {
  const square = average(s, round(g * g), beta);
  return g === 0 && square < 2 ** -126 ? 0 : square;
}

function average(old: number, next: number, beta: number): number {
  return round(round(old * round(beta)) + round(next * round(1 - beta)));
}

function rootOf(x: number): number {
  return round(Math.sqrt(x));
}
