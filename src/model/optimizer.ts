/**
 * What turns a gradient into a change of the weights, as plain data: a rule with its constants, the penalties in E, and the
 * limits on its gradient. What is known of each rule stands in src/kernels/rules. Knows no memory.
 */
import { usageError } from '../errors.js';
import { type ConstantName, RANGES } from '../kernels/rules/constants.js';
import { type KnownRule, RULES } from '../kernels/rules/list.js';
import type { AnyRule } from '../kernels/rules/rule.js';

export type OptimizerName = KnownRule['name'];
/** In the order in which they are offered. */
export const OPTIMIZERS: readonly OptimizerName[] = RULES.map(({ name }) => name);

/** The constants of a rule, by name. */
export type ConstantsOf<Name extends OptimizerName> = Readonly<
  Extract<KnownRule, { name: Name }>['constants']
>;

/** What goes with every rule. */
export interface Limits {
  /** λ of λ Σ |w| in E, biases excepted. */
  readonly l1: number;
  /** Each element of ∇E is kept within ±this; null: left as it is. */
  readonly clipValue: number | null;
  /** ∇E of all layers together is made no longer than this; null: left as it is. */
  readonly clipNorm: number | null;
}

/** A rule, its constants and no others, and the limits. */
export type Optimizer = Limits &
  { [Name in OptimizerName]: { readonly name: Name; readonly constants: ConstantsOf<Name> } }[OptimizerName];

/** Values for some constants of a rule, and some limits. */
export type Given<Name extends OptimizerName = OptimizerName> = Partial<ConstantsOf<Name> & Limits>;

const NO_LIMITS: Limits = { l1: 0, clipValue: null, clipNorm: null };

/**
 * The rule unless another is asked for: adam, which needs no learning rate made for the data. Without hidden layers E is
 * convex, and plain descent comes nearer to its minimum in as many steps.
 */
export function usualRule(hiddenLayers: number): OptimizerName {
  return hiddenLayers === 0 ? 'sgd' : 'adam';
}

/** All that is known of a rule. */
export function ruleOf(name: OptimizerName): AnyRule {
  return RULES.find(rule => rule.name === name)!;
}

/** The rules that have a constant, in the order in which they are offered. */
export function rulesWith(constant: ConstantName): OptimizerName[] {
  return OPTIMIZERS.filter(name => constant in ruleOf(name).constants);
}

/** A rule with its usual constants, except those given. @throws usage if one is given that the rule does not have */
export function makeOptimizer<Name extends OptimizerName>(name: Name, given: Given<Name> = {}): Optimizer {
  const usual = ruleOf(name).constants;
  const limits: Record<string, unknown> = { ...NO_LIMITS };
  const constants: Record<string, unknown> = { ...usual };
  for (const [key, value] of Object.entries(given)) {
    if (key in limits) limits[key] = value;
    else if (key in usual) constants[key] = value;
    else {
      const takers = key in RANGES ? rulesWith(key as ConstantName) : [];
      throw usageError(
        `optimizer, ${key}: ${name} has no such constant.`,
        takers.length > 0 ? `It is for ${takers.join(', ')}.` : 'Leave it out.',
      );
    }
  }
  return { name, constants, ...limits } as unknown as Optimizer;
}

/** Plain gradient descent, w ← w − α ∇E. */
export const PLAIN_DESCENT = makeOptimizer('sgd');

/** Whether a step is w ← w − α (∇E + λ w) and no more. */
export function isPlain({ name, constants, l1, clipValue, clipNorm }: Optimizer): boolean {
  const isDescent = ruleOf(name).isDescent?.(constants) ?? false;
  return isDescent && l1 === 0 && clipValue === null && clipNorm === null;
}

/** Whether a step looks for its own length, with E and ∇E at several places: full batches only. */
export function searches({ name }: Pick<Optimizer, 'name'>): boolean {
  return !ruleOf(name).step;
}

/** Whether a step needs norms over whole layers, so all of the gradient before any of the update. */
export function needsNorms({ name, clipNorm }: Optimizer): boolean {
  return clipNorm !== null || ruleOf(name).trust !== undefined;
}

/** What the rule remembers between steps, by name: slabs of the layout of the weights. */
export function slabsOf({ name, constants }: Optimizer): string[] {
  return ruleOf(name).slabs(constants);
}

/** How many numbers the rule remembers beside slabs. */
export function numbersOf({ name, constants }: Optimizer): number {
  return ruleOf(name).numbers?.(constants) ?? 0;
}
