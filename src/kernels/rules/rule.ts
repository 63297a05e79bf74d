/**
 * What a rule of the update is: all that is known about one rule stands in one file beside this one, and list.ts has them
 * all. A rule changes the parameters of a slice, whose gradient is collected, by a kernel of the same file: float32
 * slices of the arena, named by their byte offsets, outputs first, sizes last. Nothing is allocated.
 *
 * Each element is computed independently and each operation is rounded separately, so how the parameters are cut into
 * slices changes no bit. `clip` multiplies g as it is read. If a kernel has `keep`, w is multiplied by it first: 1 − α λ of a
 * decoupled weight decay, or 1. Kernels that change w note it: change(0) ← the larger of it and the largest |change|, NaN if
 * one is not a number.
 */

/** The value of each constant, by its name: constants.ts says which numbers it may be. */
export type Constants = Readonly<Record<string, number | boolean>>;

/** Where the parameters and the rule's slabs begin in the arena, in bytes. */
export interface Places {
  readonly w: number;
  slab(name: string): number;
}

/** Some parameters of one layer, all of them biases or none. */
export interface Part {
  /** Bytes from the beginning of the slab. */
  readonly at: number;
  readonly length: number;
  readonly layer: number;
  readonly bias: boolean;
}

/** What one step gives a rule beside its constants. */
export interface Factors {
  readonly learningRate: number;
  /** The number of the step, from 1. */
  readonly step: number;
  /** Where the slab with the gradient begins, or would begin if there were all of it. */
  readonly g: number;
  /** Place of the largest |change| so far. */
  readonly change: number;
  /** What shortens the whole gradient to its largest length. */
  readonly clip: number;
  /** By layer: what the rule's `trust` made of the layer's norms. */
  readonly trust: readonly number[];
}

/** Norms over the weights of one layer, biases excepted. */
export interface LayerNorms {
  readonly w: number;
  readonly gradient: number;
  /** Of the direction that `direct` has put in the place of the gradient; 0 without one. */
  readonly direction: number;
}

/** w ← …; notes the largest |change|. */
export type Step = (part: Part, factors: Factors) => void;

/** g ← the direction of the step. */
export type Direct = (part: Part, factors: Omit<Factors, 'change'>) => void;

export interface Rule<Name extends string, C extends Constants, Kernels> {
  readonly name: Name;
  /** The usual value of each of its constants, as in its paper or in PyTorch. */
  readonly constants: C;
  /** The usual learning rate: one, or one for targets that are values and one for classes. */
  readonly learningRate: number | { readonly values: number; readonly classes: number };
  /** Why every batch has to be the whole data; null if it may be a part. */
  readonly wholeBatches: string | null;
  /** What it remembers between steps: the names of slabs with the layout of the weights. */
  slabs(constants: C): string[];
  /** How many numbers it remembers beside the slabs; none by default. */
  numbers?(constants: C): number;
  /** Whether with these constants a step is plain descent. */
  isDescent?(constants: C): boolean;
  /** By its presence says that the rule needs norms: what the step of a layer is multiplied by. */
  trust?(constants: C, norms: LayerNorms, clip: number): number;
  /** Puts the direction of the step in the place of the gradient, before the norms of `trust` are taken. */
  direct?(kernels: Kernels, constants: C, places: Places): Direct;
  /** The step as a call of its kernel; absent if the rule searches along a line (workers/lbfgs.ts). */
  step?(kernels: Kernels, constants: C, places: Places): Step;
}

/** A rule that is not known by name. */
// biome-ignore lint/suspicious/noExplicitAny: its constants and kernels go with each other, which the list can't say
export type AnyRule = Rule<string, any, any>;

/** Says what a rule is, and keeps the types of its constants and kernels. */
export function defineRule<const Name extends string, C extends Constants, Kernels>(
  rule: Rule<Name, C, Kernels>,
): Rule<Name, C, Kernels> {
  return rule;
}

/** What a decoupled weight decay leaves of the weights: 1 − α λ; it leaves biases alone. */
export function kept(weightDecay: number, { bias }: Part, learningRate: number): number {
  return bias ? 1 : 1 - learningRate * weightDecay;
}
