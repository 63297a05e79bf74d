/** Training: the loop and the update. Entries of the table in options.ts. */
import { batchSchedule } from './batch-schedule.js';
import { choice, decimal, flag, orWord, single, singleFraction, whole } from './kinds.js';
import { COMMAND_NAMES, option, TRAINING } from './option.js';
import { classWeights } from './weight-kinds.js';

export const TRAINING_OPTIONS = {
  lr: option<number | null>({
    kind: single({ zero: false }),
    default: null,
    defaultText:
      'adam, adamw, rmsprop: 0.001; sgd: 0.1, for numbers 0.01; adagrad, rprop: 0.01; lars, lbfgs: 1; lamb: 0.002',
    example: '0.001',
    help: 'Learning rate α, which fits one --optimizer and not another. For rprop, the first size of a step; for lbfgs, the first length that a search tries.',
    commands: TRAINING,
  }),
  batchSize: option<number | 'full' | null>({
    kind: orWord('full', whole({ from: 1 })),
    default: null,
    defaultText: 'train, verify: 32, or all rows if fewer; bench: 1024',
    example: '1024',
    help: 'Rows of a step, over all workers together.',
    commands: [...TRAINING, 'bench'],
  }),
  batchSchedule: option<string | null>({
    kind: batchSchedule,
    default: null,
    defaultText: 'none',
    example: '0:1024,10:4096',
    help: 'Other batches from some epochs on, counted from 0: 1,024 rows in the first ten epochs, then 4,096. Before the first of them --batch-size holds.',
    commands: TRAINING,
  }),
  epochs: option<number>({
    kind: whole({ from: 1 }),
    default: 30,
    example: '30',
    help: 'Passes over the data; scale --mode batch: after which a training that has not reached the target is given up.',
    commands: ['train', 'scale'],
  }),
  tolerance: option<number | null>({
    kind: decimal({ zero: true }),
    default: null,
    defaultText: 'never',
    example: '1e-6',
    help: 'Stop when a step changes no weight by more than this.',
    commands: ['train'],
  }),
  l2: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '1e-4',
    help: 'λ of the penalty ½ λ Σ w², biases excepted.',
    commands: TRAINING,
  }),
  classWeights: option<'balanced' | number[] | Record<string, number> | null>({
    kind: classWeights,
    default: null,
    defaultText: 'none: all weigh the same',
    example: 'balanced',
    help: 'What rows weigh in E by their class, in training alone: balanced: rows / (classes · rows of the class); or a number for each class, in their order; or by their names, the others 1. Of each label: what the error of its positive rows weighs; balanced: negative rows / positive rows.',
    commands: TRAINING,
  }),
  labelSmoothing: option<number>({
    kind: singleFraction,
    default: 0,
    example: '0.1',
    help: 'ε of the targets (1 − ε) y + ε / classes, in training alone.',
    commands: TRAINING,
  }),
  reduction: option<'mean' | 'sum'>({
    kind: choice('mean', 'sum'),
    default: 'mean',
    example: 'mean',
    help: 'E of many rows: the mean of their errors, by their weights, or the textbook’s sum, which wants a far smaller --lr.',
    commands: [...TRAINING, 'evaluate'],
  }),
  noiseScale: option<boolean>({
    kind: flag(true),
    default: false,
    example: 'true',
    help: 'Tell of each epoch the gradient noise scale: about how many rows a batch can have before more of them stop paying.',
    commands: ['train'],
  }),
  shuffle: option<boolean>({
    kind: flag(false),
    default: true,
    example: 'true',
    help: 'Take the rows of every epoch in the order of the file.',
    commands: TRAINING,
  }),
  seed: option<number>({
    kind: whole({ from: 0 }),
    default: 1,
    example: '1',
    help: 'Of all random numbers: first weights, order of rows, validation rows, synthetic data.',
    commands: COMMAND_NAMES.filter(name => name !== 'report'),
  }),
};
