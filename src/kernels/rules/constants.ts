/** Which numbers each constant of the rules may be. A name means the same for every rule that has it. */

/** part: from 0, below 1. notNegative: 0 or more. count: a whole number from 1. flag: whether or not. */
export type Range = 'part' | 'notNegative' | 'count' | 'flag';

export const RANGES = {
  /** The part of the velocity that a step keeps. */
  momentum: 'part',
  /** Whether a step looks ahead along the velocity. */
  nesterov: 'flag',
  /** The part of the mean gradient that a step keeps. */
  beta1: 'part',
  /** The part of the mean squared gradient that a step keeps. */
  beta2: 'part',
  /** Added to the root that is divided by. */
  epsilon: 'notNegative',
  /** η: how far a step may go, as a part of the norm of the layer. */
  trust: 'notNegative',
  /** m: how many pairs of changes of w and of ∇E are kept. */
  history: 'count',
  /** λ of the decay that is no part of E; biases are left alone. */
  weightDecay: 'notNegative',
} as const satisfies Record<string, Range>;
export type ConstantName = keyof typeof RANGES;
