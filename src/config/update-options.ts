/** Update: how a gradient changes the weights. Entries of the table in options.ts. */
import { OPTIMIZERS, type OptimizerName, rulesWith } from '../model/optimizer.js';
import { choice, single, singleFraction, whole } from './kinds.js';
import { type CommandName, option, TRAINING, turnsOn } from './option.js';

const UPDATING: CommandName[] = [...TRAINING, 'bench'];

export const UPDATE_OPTIONS = {
  optimizer: option<OptimizerName | null>({
    kind: choice(...OPTIMIZERS),
    default: null,
    defaultText: 'adam; without hidden layers sgd; bench: sgd',
    example: 'sgd',
    help: 'Optimizer. sgd is plain gradient descent, w ← w − α ∇E. lars and lamb are for large batches; rprop and lbfgs need --batch-size full.',
    commands: [...UPDATING, 'info'],
    synonyms: ['optim', 'solver', 'optimiser', 'algorithm'],
    usual: ['train', 'bench'],
    of: {
      train: { default: 'adam; without hidden layers sgd' },
      verify: { default: 'adam; without hidden layers sgd' },
      tune: { default: 'adam; without hidden layers sgd' },
      bench: {
        default: 'sgd',
        help: 'Optimizer to measure; plain gradient descent by default, so that results stay comparable.',
      },
      info: { default: 'adam; without hidden layers sgd', needs: { native: [] } },
    },
  }),
  momentum: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0; lars: 0.9',
    example: '0.9',
    help: 'Fraction of the velocity that each step keeps; for sgd, lars and rmsprop.',
    commands: [...UPDATING, 'info'],
    of: { info: { needs: { native: [] } } },
    needs: { optimizer: rulesWith('momentum') },
  }),
  nesterov: turnsOn({
    help: 'Use Nesterov momentum, which looks ahead along the velocity; for sgd with --momentum.',
    commands: UPDATING,
  }),
  beta1: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0.9',
    example: '0.9',
    help: 'Decay of the running mean of the gradient; for adam, adamw and lamb.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('beta1') },
  }),
  beta2: option<number | null>({
    kind: singleFraction,
    default: null,
    defaultText: '0.999; rmsprop: 0.99',
    example: '0.999',
    help: 'Decay of the running mean of the squared gradient; for adam, adamw, lamb and rmsprop.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('beta2') },
  }),
  epsilon: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: '1e-8; lamb: 1e-6, adagrad: 1e-10',
    example: '1e-8',
    help: 'Number added to the square root that the step is divided by; for adam, adamw, lamb, rmsprop and adagrad.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('epsilon') },
  }),
  trust: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: '0.001',
    example: '0.001',
    help: 'Trust coefficient η of lars: the step of a layer as a fraction of the norm of its weights.',
    commands: UPDATING,
    needs: { optimizer: rulesWith('trust') },
  }),
  history: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: '10',
    example: '10',
    help: 'Number of past steps that lbfgs remembers.',
    commands: TRAINING,
    needs: { optimizer: rulesWith('history') },
  }),
  weightDecay: option<number | null>({
    kind: single({ zero: true }),
    default: null,
    defaultText: '0; adamw: 0.01',
    example: '0.01',
    help: 'λ of decoupled weight decay, w ← w − α λ w, biases excluded. It is separate from the step of the optimizer, except in lars and lamb, which include it. adamw is adam with weight decay; rprop and lbfgs take none.',
    commands: UPDATING,
    // A hint suggests the first: who gives --weight-decay with adam means adamw.
    needs: { optimizer: ['adamw', ...rulesWith('weightDecay').filter(name => name !== 'adamw')] },
    synonyms: ['decay', 'wd'],
  }),
  l1: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '1e-5',
    help: 'λ of the penalty λ Σ |w| on the weights, biases excluded.',
    commands: UPDATING,
  }),
  clipNorm: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: 'never',
    example: '1',
    help: 'Scale the gradient ∇E, penalties included, down to this norm over all layers if it is larger.',
    commands: UPDATING,
    synonyms: ['grad-clip', 'clip', 'clip-grad', 'max-grad-norm', 'gradient-clipping'],
  }),
  clipValue: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText: 'never',
    example: '1',
    help: 'Limit each element of the gradient ∇E, penalties included, to ± this value, before --clip-norm.',
    commands: UPDATING,
  }),
};
