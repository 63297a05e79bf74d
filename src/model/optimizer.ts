/**
 * Optimizers as plain data: an update rule with its constants, the L1 penalty, and limits on the gradient. The rules
 * themselves are in src/kernels/rules. Knows no memory.
 */
import { usageError } from '../errors.js';
import { type ConstantName, RANGES } from '../kernels/rules/constants.js';
import { type KnownRule, RULES } from '../kernels/rules/list.js';
import type { AnyRule } from '../kernels/rules/rule.js';
import { firstDense, layersOf, type Network } from './network.js';

export type OptimizerName = KnownRule['name'];
/** In the order of the documentation. */
export const OPTIMIZERS: readonly OptimizerName[] = RULES.map(({ name }) => name);

/** The constants of a rule, by name. */
export type ConstantsOf<Name extends OptimizerName> = Readonly<
  Extract<KnownRule, { name: Name }>['constants']
>;

/** What can be combined with every rule. */
export interface Limits {
  /** λ of λ Σ |w| in E, biases excepted. */
  readonly l1: number;
  /** Limits each element of ∇E to ±this; null: no limit. */
  readonly clipValue: number | null;
  /** Limits the norm of ∇E over all layers; null: no limit. */
  readonly clipNorm: number | null;
  /** Factor of the learning rate for biases. */
  readonly biasRate: number;
  /** Whether the learning rate of the weights of a layer with d inputs is divided by √d, as if they were w/√d. */
  readonly fanInRate: boolean;
  /** Whether each input has a factor that is learnt, and the factor of its learning rate; null: it has none. */
  readonly inputScale: number | null;
}

/** A rule, its own constants, and the limits. */
export type Optimizer = Limits &
  { [Name in OptimizerName]: { readonly name: Name; readonly constants: ConstantsOf<Name> } }[OptimizerName];

/** Some constants of a rule, and some limits. */
export type Given<Name extends OptimizerName = OptimizerName> = Partial<ConstantsOf<Name> & Limits>;

const NO_LIMITS: Limits = {
  l1: 0,
  clipValue: null,
  clipNorm: null,
  biasRate: 1,
  fanInRate: false,
  inputScale: null,
};

/**
 * Default rule: adam, whose learning rate need not be adapted to the data. Without hidden layers E is convex, and plain
 * descent comes closer to its minimum in the same number of steps.
 */
export function usualRule(hiddenLayers: number): OptimizerName {
  return hiddenLayers === 0 ? 'sgd' : 'adam';
}

/** The definition of a rule. */
export function ruleOf(name: OptimizerName): AnyRule {
  return RULES.find(rule => rule.name === name)!;
}

/** The rules that have a constant. */
export function rulesWith(constant: ConstantName): OptimizerName[] {
  return OPTIMIZERS.filter(name => constant in ruleOf(name).constants);
}

/** A rule with its default constants, except those given. @throws usage if the rule does not have one of them */
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

/** Whether a step is w ← w − α (∇E + λ w) and nothing else. */
export function isPlain(optimizer: Optimizer): boolean {
  const { name, constants, l1, clipValue, clipNorm } = optimizer;
  const isDescent = ruleOf(name).isDescent?.(constants) ?? false;
  return isDescent && l1 === 0 && clipValue === null && clipNorm === null && hasOneRate(optimizer);
}

/** Whether all parameters have the same learning rate. */
export function hasOneRate({ biasRate, fanInRate, inputScale }: Optimizer): boolean {
  return biasRate === 1 && !fanInRate && inputScale === null;
}

/** Of waves, whatever the rates of the other layers are. */
const WAVE_RATE = 0.1;

/** Factor of the learning rate for the biases or the weights of a layer, by its index. */
export function rateFactor(
  { biasRate, fanInRate }: Optimizer,
  network: Network,
  layer: number,
  isBias: boolean,
): number {
  // That of frequencies is for turns, and a is 2π of these.
  if (layer < firstDense(network)) return layer === 0 && !isBias ? 2 * Math.PI * WAVE_RATE : WAVE_RATE;
  if (isBias) return biasRate;
  return fanInRate ? 1 / Math.sqrt(layersOf(network)[layer]!.inputs) : 1;
}

/** Whether a step is a line search, with E and ∇E at several points: full batches only. */
export function searches({ name }: Pick<Optimizer, 'name'>): boolean {
  return !ruleOf(name).step;
}

/** Whether a step needs norms over whole layers, and so the whole gradient before any part of the update. */
export function needsNorms({ name, clipNorm }: Optimizer): boolean {
  return clipNorm !== null || ruleOf(name).trust !== undefined;
}

/** Names of the rule's state between steps: slabs with the layout of the weights. */
export function slabsOf({ name, constants, inputScale }: Optimizer): string[] {
  const slabs = ruleOf(name).slabs(constants);
  if (inputScale === null) return slabs;
  return [...slabs, ...Object.values(INPUT_SCALE_SLABS), ...slabs.map(scaleSlab)];
}

/** Slabs of a scale layer (src/protocol/input-scale.ts): W̃(1), s and its gradient. */
export const INPUT_SCALE_SLABS = { weights: 'unscaled', scale: 'scale', gradient: 'scale-gradient' } as const;

/** The slab with the rule's state of s, of one with that of the weights. */
export function scaleSlab(name: string): string {
  return `scale-${name}`;
}

/** Whether chunks of the first layer consist of whole rows, since each has a factor. */
export function isByRows({ inputScale }: Optimizer): boolean {
  return inputScale !== null;
}

/** How many numbers the rule's state has besides slabs. */
export function numbersOf({ name, constants }: Optimizer): number {
  return ruleOf(name).numbers?.(constants) ?? 0;
}
