/** Search: what `lockstep tune` tries, and how. Entries of the table in options.ts. */
import { choice, metric, text, whole } from './kinds.js';
import { option } from './option.js';

export const TUNE_OPTIONS = {
  space: option<string | null>({
    kind: text('SPACE|FILE', 'a space, or a file with one'),
    default: null,
    defaultText: 'lr=0.0001..0.1 log (sgd, lars: 0.001..1); hidden=32|128|512; batch-size=16|32|64',
    example: '"lr=0.0001..0.1 log; hidden=128|128,64"',
    help: 'Options of train and the values to draw from: LOW..HIGH, followed by log for a log scale, or A|B|C; followed by `if optimizer=sgd` for an option that only some values of another take. A text that contains = is the space itself, any other the name of a file.',
    commands: ['tune'],
  }),
  strategy: option<'random' | 'halving'>({
    kind: choice('random', 'halving'),
    default: 'random',
    example: 'halving',
    help: 'random: every trial for all --epochs; halving: all for a few, then the best of them, a part of 1/η each time, for η times as many, going on from where they were.',
    commands: ['tune'],
  }),
  trials: option<number>({
    kind: whole({ from: 1, to: 100_000 }),
    default: 20,
    example: '20',
    help: 'Trials to draw, each different from all others.',
    commands: ['tune'],
  }),
  eta: option<number | null>({
    kind: whole({ from: 2, to: 1000 }),
    default: null,
    defaultText: '3',
    example: '3',
    help: 'η of halving.',
    commands: ['tune'],
  }),
  minEpochs: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: 'as many as let the last go on nearly to --epochs',
    example: '1',
    help: 'Epochs of all trials at the start of halving.',
    commands: ['tune'],
  }),
  metric: option<string | null>({
    kind: metric,
    default: null,
    defaultText: 'accuracy; regression: rmse',
    example: 'accuracy',
    help: 'What the validation rows are judged by; of equal trials the one with the smaller loss is better.',
    commands: ['tune'],
  }),
};
