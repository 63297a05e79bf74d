/** Training: the loop and the update. Entries of the table in options.ts. */
import { batchSchedule, type TypedPhase } from './batch-schedule.js';
import { choice, decimal, flag, orWord, single, singleFraction, whole } from './kinds.js';
import { COMMAND_NAMES, option, TRAINING } from './option.js';
import { classWeights } from './weight-kinds.js';

export const TRAINING_OPTIONS = {
  lr: option<number | null>({
    property: 'learningRate',
    kind: single({ zero: false }),
    default: null,
    defaultText:
      'adam, adamw, rmsprop: 0.001; sgd: 0.1, for numbers 0.01; adagrad, rprop: 0.01; lars, lbfgs: 1; lamb: 0.002',
    example: '0.001',
    help: 'Learning rate α; each --optimizer needs one of a different size. For rprop, the size of the first step; for lbfgs, the first length that its line search tries.',
    commands: TRAINING,
    synonyms: ['learning-rate', 'learningrate', 'lr-rate', 'rate', 'alpha', 'eta0', 'step-size'],
    usual: ['train', 'verify'],
  }),
  batchSize: option<number | 'full' | null>({
    kind: orWord('full', whole({ from: 1 })),
    default: null,
    defaultText: 'train, verify: 32, or all rows if fewer; bench: 1024',
    example: '1024',
    help: 'Rows per step, over all workers together.',
    commands: [...TRAINING, 'bench'],
    synonyms: ['batch', 'bs', 'batches', 'minibatch', 'mini-batch', 'batchsize'],
    usual: ['train', 'verify', 'bench'],
    of: { train: { default: '32, or all rows if fewer' }, bench: { default: '1024' } },
  }),
  batchSchedule: option<string | null>({
    typed: (phases: readonly TypedPhase[]) =>
      phases.map(({ epoch, batchSize }) => `${epoch}:${batchSize}`).join(),
    kind: batchSchedule,
    default: null,
    defaultText: 'none',
    example: '0:1024,10:4096',
    help: 'Batch sizes from some epochs on, counted from 0: 0:1024,10:4096 takes 1,024 rows in the first ten epochs, then 4,096. --batch-size holds before the first of them.',
    commands: TRAINING,
  }),
  epochs: option<number>({
    kind: whole({ from: 1 }),
    default: 30,
    example: '30',
    help: 'Passes over the data.',
    of: {
      scale: {
        help: 'Passes over the data after which a training that has not reached its target is given up.',
        needs: { mode: ['batch'] },
      },
      tune: { help: 'Passes over the data that a trial is trained for at most.' },
    },
    fixed: 'all trials have --epochs',
    commands: ['train', 'scale', 'tune'],
    changes: 'outcome',
    synonyms: ['epoch', 'iterations', 'iters', 'num-epochs', 'n-epochs', 'passes', 'max-epochs'],
    usual: ['train', 'tune'],
  }),
  tolerance: option<number | null>({
    kind: decimal({ zero: true }),
    default: null,
    defaultText: 'never',
    example: '1e-6',
    help: 'Stop when a step changes no weight by more than this.',
    commands: ['train', 'tune'],
    changes: 'outcome',
  }),
  l2: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '1e-4',
    help: 'λ of the penalty ½ λ Σ w², without the biases.',
    commands: TRAINING,
    synonyms: ['lambda', 'ridge', 'regularization', 'weight-penalty', 'l2-regularization'],
  }),
  classWeights: option<'balanced' | number[] | Record<string, number> | null>({
    kind: classWeights,
    default: null,
    defaultText: 'none: all weigh the same',
    example: 'balanced',
    help: 'Weights of the rows in E by their class, in training only. balanced: rows / (classes · rows of the class). Or a number for each class, in order, or by name (classes not named weigh 1). For labels, the weights of the positive rows; balanced: negative rows / positive rows.',
    commands: TRAINING,
  }),
  labelSmoothing: option<number>({
    kind: singleFraction,
    default: 0,
    example: '0.1',
    help: 'ε in the targets (1 − ε) y + ε / classes, in training only.',
    commands: TRAINING,
    synonyms: ['smoothing'],
  }),
  reduction: option<'mean' | 'sum'>({
    kind: choice('mean', 'sum'),
    default: 'mean',
    example: 'mean',
    help: 'How E adds up rows: the weighted mean of their errors, or the textbook’s sum, which needs a far smaller --lr.',
    commands: [...TRAINING, 'evaluate'],
  }),
  noiseScale: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Report the gradient noise scale of each epoch: about the batch size beyond which more rows stop paying off.',
    commands: ['train'],
  }),
  shuffle: option<boolean>({
    kind: flag(false),
    default: true,
    example: 'true',
    help: 'Keep the rows of every epoch in the order of the file.',
    commands: TRAINING,
  }),
  seed: option<number>({
    kind: whole({ from: 0 }),
    default: 1,
    example: '1',
    help: 'Seed for all randomness: initial weights, row order, validation split, synthetic data.',
    commands: COMMAND_NAMES.filter(name => name !== 'report' && name !== 'runs'),
    fixed: 'the validation rows are drawn by it',
    synonyms: ['random-state', 'random-seed', 'rng'],
    usual: ['train', 'tune', 'gradcheck'],
  }),
};
