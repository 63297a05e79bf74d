/** Search: what `lockstep tune` tries and how. Entries of the table in options.ts. */
import { choice, metric, orWord, text, whole } from './kinds.js';
import { option } from './option.js';

export const TUNE_OPTIONS = {
  space: option<string | null>({
    kind: text('SPACE|FILE', 'a space, or a file with one'),
    default: null,
    defaultText:
      'tables: rates, layers, dropout and activations around --preset tabular; otherwise rates, layers, batch sizes, schedules and dropout',
    example: '"lr=0.0001..0.1 log; hidden=128|128,64"',
    help: 'Options of train to search, separated by semicolons, with their values: a range LOW..HIGH, followed by log for a log scale, or choices A|B|C. Add `if optimizer=sgd` to an option that goes only with some values of another. A text without = is the name of a file that holds the space.',
    short: 'Options of train to search, each with a range LOW..HIGH or choices A|B|C',
    commands: ['tune'],
    usual: ['tune'],
  }),
  strategy: option<'random' | 'halving'>({
    kind: choice('random', 'halving'),
    default: 'random',
    example: 'halving',
    help: 'Search strategy. random: train every trial for all --epochs. halving (successive halving): train all trials for a few epochs, then the best 1/η of them for η times as many, and so on; each continues where it stopped.',
    short: 'random: train every trial for all epochs; halving: stop bad trials early',
    commands: ['tune'],
    usual: ['tune'],
  }),
  trials: option<number>({
    kind: whole({ from: 1, to: 100_000 }),
    default: 20,
    example: '20',
    help: 'Number of trials to draw, all different.',
    commands: ['tune'],
    synonyms: ['n-trials', 'max-trials'],
    usual: ['tune'],
  }),
  eta: option<number | null>({
    kind: whole({ from: 2, to: 1000 }),
    default: null,
    defaultText: '3',
    example: '3',
    help: 'Factor η of --strategy halving.',
    commands: ['tune'],
    needs: { strategy: ['halving'] },
  }),
  minEpochs: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: 'chosen so that the last round comes close to --epochs',
    example: '1',
    help: 'Epochs of the first round of --strategy halving.',
    commands: ['tune'],
    needs: { strategy: ['halving'] },
  }),
  parallel: option<number | 'auto'>({
    kind: orWord('auto', whole({ from: 1, to: 1024 })),
    default: 'auto',
    example: '2',
    help: 'Number of trials, or of members of an --ensemble, to train at once; auto is one per core, or as many as the cores are enough for if --workers is given. It changes no result.',
    short: 'Number of trials, or of members of an --ensemble, to train at once',
    commands: ['tune', 'train'],
    of: { train: { needs: { ensemble: [] } } },
    changes: 'nothing',
  }),
  metric: option<string | null>({
    kind: metric,
    default: null,
    defaultText: 'accuracy; regression: rmse',
    example: 'accuracy',
    help: 'Metric on the validation rows by which trials are judged; of equal trials, the one with the smaller loss is better.',
    commands: ['tune'],
    usual: ['tune'],
  }),
};
