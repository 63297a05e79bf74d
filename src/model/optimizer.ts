/**
 * What turns a gradient into a change of the weights, as plain data: the rule with its constants, the penalties in E,
 * and the limits on its gradient. The formulas stand in src/protocol/rules.ts. Knows no memory.
 */

export const OPTIMIZERS = [
  'sgd',
  'adam',
  'adamw',
  'rmsprop',
  'adagrad',
  'lars',
  'lamb',
  'rprop',
  'lbfgs',
] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

/**
 * The rule unless another is asked for: adam, which needs no learning rate made for the data. Without hidden layers E is
 * convex, and plain descent comes nearer to its minimum in as many steps.
 */
export function usualRule(hiddenLayers: number): OptimizerName {
  return hiddenLayers === 0 ? 'sgd' : 'adam';
}

export interface Optimizer {
  readonly name: OptimizerName;
  /** Of sgd, lars and rmsprop: the part of the velocity that is kept. */
  readonly momentum: number;
  /** Of sgd: look ahead along the velocity. */
  readonly nesterov: boolean;
  /** Of adam, adamw and lamb: the part of the mean gradient that is kept. */
  readonly beta1: number;
  /** Of adam, adamw, lamb and rmsprop: the part of the mean squared gradient that is kept. */
  readonly beta2: number;
  /** Added to the root that is divided by. */
  readonly epsilon: number;
  /** λ of the decay that is no part of E: biases excepted. Of all but adam, whose form with it is adamw, and rprop. */
  readonly weightDecay: number;
  /** η of lars: how far a step may go, as a part of the layer's norm. */
  readonly trust: number;
  /** m of lbfgs: pairs of changes of w and of ∇E that are kept. */
  readonly history: number;
  /** λ of λ Σ |w| in E, biases excepted. */
  readonly l1: number;
  /** Each element of ∇E is kept within ±this; null: left as it is. */
  readonly clipValue: number | null;
  /** ∇E of all layers together is made no longer than this; null: left as it is. */
  readonly clipNorm: number | null;
}

/** Plain gradient descent, w ← w − α ∇E, and the constants of the papers for the others. */
export const PLAIN_DESCENT: Optimizer = {
  name: 'sgd',
  momentum: 0,
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  trust: 1e-3,
  history: 10,
  l1: 0,
  clipValue: null,
  clipNorm: null,
};

/** What is different from those where a rule is taken, as in its paper or in PyTorch. */
const OWN_CONSTANTS: Record<OptimizerName, Partial<Optimizer>> = {
  sgd: {},
  adam: {},
  adamw: { weightDecay: 0.01 },
  rmsprop: { beta2: 0.99 },
  adagrad: { epsilon: 1e-10 },
  lars: { momentum: 0.9 },
  lamb: { epsilon: 1e-6 },
  rprop: {},
  lbfgs: {},
};

/** A rule with its usual constants, but for those given. */
export function makeOptimizer(name: OptimizerName, given: Partial<Omit<Optimizer, 'name'>> = {}): Optimizer {
  return { ...PLAIN_DESCENT, ...OWN_CONSTANTS[name], ...given, name };
}

/** Whether a step is w ← w − α (gradE + λ w) and no more. */
export function isPlain({ name, momentum, weightDecay, l1, clipValue, clipNorm }: Optimizer): boolean {
  const extras = momentum !== 0 || weightDecay !== 0 || l1 !== 0 || clipValue !== null || clipNorm !== null;
  return name === 'sgd' && !extras;
}

/** Whether a step looks for its own length, with E and ∇E at several places: full batches alone. */
export function searches({ name }: Optimizer): boolean {
  return name === 'lbfgs';
}

/** Whether a step needs norms over whole layers, so all of the gradient before any of the update. */
export function needsNorms({ name, clipNorm }: Optimizer): boolean {
  return clipNorm !== null || name === 'lars' || name === 'lamb';
}

/** What the rule remembers between steps, by name: slabs of the layout of the weights. */
export function slabsOf({ name, momentum, history }: Optimizer): string[] {
  switch (name) {
    case 'sgd':
      return momentum === 0 ? [] : ['velocity'];
    case 'lars':
      return ['velocity'];
    case 'adam':
    case 'adamw':
    case 'lamb':
      return ['mean', 'square'];
    case 'rmsprop':
      return momentum === 0 ? ['square'] : ['square', 'velocity'];
    case 'adagrad':
      return ['square'];
    case 'rprop':
      return ['previous', 'size'];
    case 'lbfgs': {
      const pairs = Array.from({ length: history }, (_, i) => [`s${i}`, `y${i}`]);
      return ['gradient', ...pairs.flat()];
    }
  }
}

/** What lbfgs remembers beside slabs: E, Σ of the rows' errors and right rows at w, evaluations so far, γ, and each ρ. */
export const LBFGS_NUMBERS = { E: 0, loss: 1, right: 2, evaluations: 3, gamma: 4, rho: 5 } as const;

/** How many numbers the rule remembers beside slabs. */
export function numbersOf(optimizer: Optimizer): number {
  return searches(optimizer) ? LBFGS_NUMBERS.rho + optimizer.history : 0;
}
