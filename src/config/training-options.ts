/** Training: batches, epochs, the error and the order of the rows. Entries of the table in options.ts. */
import type { BatchPhase } from '../model/batches.js';
import { batchSchedule } from './batch-schedule.js';
import { choice, decimal, orWord, single, singleFraction, whole } from './kinds.js';
import { COMMAND_NAMES, option, TRAINING, turnsOff, turnsOn } from './option.js';
import { classWeights } from './weight-kinds.js';

export const TRAINING_OPTIONS = {
  preset: option<'auto' | 'none' | 'tabular'>({
    kind: choice('auto', 'none', 'tabular'),
    default: 'auto',
    example: 'tabular',
    help: 'Values for several options at once, which options that are given replace; --dry-run shows them. tabular: a published recipe for tables (RealMLP), with robust scaling, three hidden layers, and rates that rise and fall. auto: tabular for a table of 250 rows or more, unless --optimizer, --lr, --lr-schedule, --scale-lr, --init or --find-lr is given.',
    commands: ['train', 'verify'],
    synonyms: ['recipe', 'presets'],
  }),
  lr: option<number | null>({
    property: 'learningRate',
    kind: single({ zero: false }),
    default: null,
    defaultText:
      'adam, adamw, rmsprop: 0.001; sgd: 0.1, for regression 0.01; adagrad, rprop: 0.01; lars, lbfgs: 1; lamb: 0.002',
    example: '0.001',
    help: 'Learning rate α; each --optimizer needs a different one. For rprop, the size of the first step; for lbfgs, the first length that its line search tries.',
    commands: TRAINING,
    synonyms: ['learning-rate', 'learningrate', 'lr-rate', 'rate', 'alpha', 'eta0', 'step-size'],
    usual: ['train', 'verify'],
  }),
  batchSize: option<number | 'full' | null>({
    kind: orWord('full', whole({ from: 1 })),
    default: null,
    defaultText: 'train, verify, info: 32, or all rows if fewer; bench: 1024',
    example: '1024',
    help: 'Rows per step, over all workers together.',
    commands: [...TRAINING, 'bench', 'info'],
    synonyms: ['batch', 'bs', 'batches', 'minibatch', 'mini-batch', 'batchsize'],
    usual: ['train', 'verify', 'bench'],
    of: {
      train: { default: '32, or all rows if fewer' },
      bench: { default: '1024' },
      info: { default: '32', needs: { native: [] } },
    },
  }),
  batchSchedule: option<BatchPhase[] | null>({
    kind: batchSchedule,
    default: null,
    example: '0:1024,10:4096',
    help: 'Batch sizes that change between epochs, with EPOCH counted from 0: 0:1024,10:4096 takes 1,024 rows per step in the first ten epochs, then 4,096. --batch-size applies before the first EPOCH.',
    commands: TRAINING,
  }),
  dropLast: turnsOn({
    help: 'Leave the rows after the last full batch out of an epoch, other ones in each epoch, in place of a smaller last batch.',
    commands: TRAINING,
    synonyms: ['drop-remainder'],
  }),
  epochs: option<number>({
    kind: whole({ from: 1 }),
    default: 30,
    defaultText: '30; with the values of --preset tabular 256, or fewer on many rows',
    example: '30',
    help: 'Passes over the data.',
    of: {
      scale: {
        default: '30',
        help: 'Give up a training that has not reached its target after this many passes over the data.',
        needs: { mode: ['batch'] },
      },
      tune: { help: 'Largest number of passes over the data for a trial.' },
    },
    fixed: 'all trials are trained for --epochs',
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
    help: 'Stop after a step that changes no weight by more than this.',
    commands: ['train', 'tune'],
    changes: 'outcome',
  }),
  l2: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '1e-4',
    help: 'λ of the penalty ½ λ Σ w² on the weights, biases excluded.',
    commands: TRAINING,
    synonyms: ['lambda', 'ridge', 'regularization', 'weight-penalty', 'l2-regularization'],
  }),
  classWeights: option<'balanced' | number[] | Record<string, number> | null>({
    kind: classWeights,
    default: null,
    defaultText: 'none: all classes weigh the same',
    example: 'balanced',
    help: 'Weights of the classes in the error E of the training rows: one number for each class in order, numbers by name (1 for classes that are not named), or balanced, which is rows / (classes · rows of the class). For labels, the weights of the positive rows; balanced is negative rows / positive rows.',
    commands: TRAINING,
  }),
  labelSmoothing: option<number>({
    kind: singleFraction,
    default: 0,
    example: '0.1',
    help: 'ε of the smoothed targets (1 − ε) y + ε / classes, in training only.',
    commands: TRAINING,
    synonyms: ['smoothing'],
  }),
  reduction: option<'mean' | 'sum'>({
    kind: choice('mean', 'sum'),
    default: 'mean',
    example: 'mean',
    help: 'Whether E is the weighted mean of the errors of the rows or, as in the textbook, their sum, which needs a far smaller --lr.',
    commands: [...TRAINING, 'evaluate'],
  }),
  noiseScale: turnsOn({
    help: 'Report the gradient noise scale of each epoch, which is about the batch size beyond which more rows stop paying off.',
    commands: ['train'],
  }),
  shuffle: turnsOff({
    help: 'Keep the rows of every epoch in the order of the file.',
    commands: TRAINING,
  }),
  seed: option<number>({
    kind: whole({ from: 0 }),
    default: 1,
    example: '1',
    help: 'Seed for all randomness: initial weights, row order, validation split, synthetic data.',
    commands: COMMAND_NAMES.filter(name => !['report', 'watch', 'runs', 'cache'].includes(name)),
    fixed: 'it also draws the validation rows',
    synonyms: ['random-state', 'random-seed', 'rng'],
    usual: ['train', 'tune', 'gradcheck'],
  }),
};
