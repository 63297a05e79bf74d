/** Update: how a gradient changes the weights. Entries of the table in options.ts. */
import { OPTIMIZERS, type OptimizerName, rulesWith } from '../model/optimizer.js';
import { choice, flag, single, singleFraction, whole } from './kinds.js';
import { type CommandName, option, TRAINING } from './option.js';

const UPDATING: CommandName[] = [...TRAINING, 'bench'];

export const UPDATE_OPTIONS = {
  optimizer: option<OptimizerName | null>({
    kind: choice(...OPTIMIZERS),
    default: null,
    defaultText: 'adam; without hidden layers sgd; bench: sgd',
    example: 'sgd',
    help: 'Update rule. sgd is plain gradient descent, w ← w − α ∇E. lars and lamb are for large batches; rprop and lbfgs need --batch-size full.',
    commands: UPDATING,
    synonyms: ['optim', 'solver', 'optimiser', 'algorithm'],
    usual: ['train', 'bench'],
    of: {
      bench: {
        default: 'sgd',
        help: 'Update rule to measure; plain gradient descent by default, so that results stay comparable.',
      },
    },
  }),
  momentum: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0; lars: 0.9',
    example: '0.9',
    help: 'Fraction of the velocity that a step keeps; for sgd, lars and rmsprop.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('momentum') },
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
    needs: { optimizer: rulesWith('beta1') },
  }),
  beta2: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0.999; rmsprop: 0.99',
    example: '0.999',
    help: 'Fraction of the mean squared gradient that a step keeps; for adam, adamw, lamb and rmsprop.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('beta2') },
  }),
  epsilon: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: '1e-8; lamb: 1e-6, adagrad: 1e-10',
    example: '1e-8',
    help: 'Added to the root that the step is divided by; for adam, adamw, lamb, rmsprop and adagrad.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('epsilon') },
  }),
  trust: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: '0.001',
    example: '0.001',
    help: 'η of lars: the step of a layer as a fraction of the norm of its weights.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('trust') },
  }),
  history: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: '10',
    example: '10',
    help: 'Past steps that lbfgs remembers.',
    commands: TRAINING,
    needs: { optimizer: rulesWith('history') },
  }),
  weightDecay: option<number | null>({
    kind: single({ zero: true }),
    default: null,
    defaultText: '0; adamw: 0.01',
    example: '0.01',
    help: 'λ of decoupled weight decay, w ← w − α λ w beside the step (lars and lamb: within it), without the biases. adamw is adam with it; rprop and lbfgs take none.',
    commands: UPDATING,
    // A hint suggests the first: who gives --weight-decay with adam means adamw.
    needs: { optimizer: ['adamw', ...rulesWith('weightDecay').filter(name => name !== 'adamw')] },
    synonyms: ['decay', 'wd'],
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
    synonyms: ['grad-clip', 'clip', 'clip-grad', 'max-grad-norm', 'gradient-clipping'],
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
