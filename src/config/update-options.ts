/** Update: the rule that a gradient changes the weights by. Entries of the table in options.ts. */
import { OPTIMIZERS, type OptimizerName } from '../model/optimizer.js';
import { choice, flag, single, singleFraction, whole } from './kinds.js';
import { type CommandName, option } from './option.js';

const UPDATING: CommandName[] = ['train', 'verify', 'bench'];

export const UPDATE_OPTIONS = {
  optimizer: option<OptimizerName | null>({
    kind: choice(...OPTIMIZERS),
    default: null,
    defaultText: 'adam; without hidden layers sgd',
    example: 'sgd',
    help: 'Update rule. sgd is plain gradient descent, w ← w − α ∇E. lars and lamb are for large batches; rprop and lbfgs need --batch-size full.',
    commands: ['train', 'verify'],
  }),
  benchOptimizer: option<OptimizerName>({
    name: 'optimizer',
    kind: choice(...OPTIMIZERS),
    default: 'sgd',
    example: 'adam',
    help: 'Update rule to measure; plain gradient descent by default, so that results stay comparable.',
    commands: ['bench'],
  }),
  momentum: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0; lars: 0.9',
    example: '0.9',
    help: 'Fraction of the velocity that a step keeps; for sgd, lars and rmsprop.',
    commands: UPDATING,
  }),
  nesterov: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Look ahead along the velocity; for sgd with --momentum.',
    commands: UPDATING,
  }),
  beta1: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0.9',
    example: '0.9',
    help: 'Fraction of the mean gradient that a step keeps; for adam, adamw and lamb.',
    commands: UPDATING,
  }),
  beta2: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0.999; rmsprop: 0.99',
    example: '0.999',
    help: 'Fraction of the mean squared gradient that a step keeps; for adam, adamw, lamb and rmsprop.',
    commands: UPDATING,
  }),
  epsilon: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: '1e-8; lamb: 1e-6, adagrad: 1e-10',
    example: '1e-8',
    help: 'Added to the root that the step is divided by; for adam, adamw, lamb, rmsprop and adagrad.',
    commands: UPDATING,
  }),
  trust: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: '0.001',
    example: '0.001',
    help: 'η of lars: the step of a layer as a fraction of the norm of its weights.',
    commands: UPDATING,
  }),
  history: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: '10',
    example: '10',
    help: 'Past steps that lbfgs remembers.',
    commands: ['train', 'verify'],
  }),
  weightDecay: option<number | null>({
    kind: single({ zero: true }),
    default: null,
    defaultText: '0; adamw: 0.01',
    example: '0.01',
    help: 'λ of decoupled weight decay, w ← w − α λ w beside the step (lars and lamb: within it), without the biases. adamw is adam with it; rprop and lbfgs take none.',
    commands: UPDATING,
  }),
  l1: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '1e-5',
    help: 'λ of the penalty λ Σ |w|, without the biases.',
    commands: UPDATING,
  }),
  clipNorm: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: 'never',
    example: '1',
    help: 'Scale ∇E, penalties included, down to this norm over all layers if it is longer.',
    commands: UPDATING,
  }),
  clipValue: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: 'never',
    example: '1',
    help: 'Limit each element of ∇E, penalties included, to ± this value, before --clip-norm.',
    commands: UPDATING,
  }),
};
