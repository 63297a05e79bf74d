/** All update rules, and all their kernels. A new rule is a file beside this one, and a line in each list. */
import { adagrad, adagradKernels } from './adagrad.js';
import { adam, adamKernels } from './adam.js';
import { adamw } from './adamw.js';
import { lamb, lambKernels } from './lamb.js';
import { lars } from './lars.js';
import { lbfgs } from './lbfgs.js';
import type { Floats } from './loops.js';
import { rmsprop, rmspropKernels } from './rmsprop.js';
import { rprop, rpropKernels } from './rprop.js';
import { sgd, sgdKernels } from './sgd.js';
import { vectorKernels } from './vectors.js';

/** In the order in which they are offered. */
export const RULES = [sgd, adam, adamw, rmsprop, adagrad, lars, lamb, rprop, lbfgs] as const;
export type KnownRule = (typeof RULES)[number];

/** The kernels of the rules over an arena as plain loops in double precision: what every backend is tested against. */
export function plainRuleKernels({ floats }: { floats: Floats }) {
  return {
    ...vectorKernels(floats),
    ...sgdKernels(floats),
    ...adamKernels(floats),
    ...lambKernels(floats),
    ...rmspropKernels(floats),
    ...adagradKernels(floats),
    ...rpropKernels(floats),
  };
}

/** The kernels of the rules: what every backend has. */
export type RuleKernels = ReturnType<typeof plainRuleKernels>;
