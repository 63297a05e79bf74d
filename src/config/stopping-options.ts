/** Stopping: what ends a training before its last epoch, and which epoch is the best. Entries of the table in options.ts. */
import { choice, decimal, whole } from './kinds.js';
import { option, turnsOn } from './option.js';
import { figure, target } from './target.js';

export const STOPPING_OPTIONS = {
  maxSteps: option<number | null>({
    property: 'steps',
    kind: whole({ from: 1 }),
    default: null,
    example: '10000',
    help: 'Stop after this many steps in total, or after --epochs if that is earlier. Schedules that last the whole training end there too.',
    of: {
      scale: {
        default: 'none: only --epochs limits it',
        help: 'Give up a training that has not reached the target after this many steps.',
        needs: { mode: ['batch'] },
      },
    },
    commands: ['train', 'scale'],
    changes: 'outcome',
    synonyms: ['max-iter', 'steps', 'limit-steps'],
  }),
  monitor: option<string | null>({
    kind: figure,
    default: null,
    defaultText: 'the metric of --target-metric, or loss',
    example: 'accuracy',
    help: 'Metric that decides which epoch is the best, on the validation rows, or with training- before its name (training-loss) on the training rows. --patience and --lr-schedule plateau follow it too. With --folds, the model of the best epoch is kept only if --keep-epoch best, --monitor, --patience or --target-metric asks for it.',
    commands: ['train', 'tune'],
  }),
  keepEpoch: option<'best' | 'last' | null>({
    kind: choice('best', 'last'),
    default: null,
    defaultText: 'best with validation rows, --monitor, --patience or --target-metric; otherwise last',
    example: 'last',
    help: 'Which model is kept: that of the best epoch by --monitor, of equal ones the last, or that of the last epoch. A training that reached its --target-metric keeps the last.',
    commands: ['train', 'tune'],
    changes: 'outcome',
    synonyms: ['keep-best', 'restore-best', 'restore-best-weights', 'save-best'],
  }),
  refit: turnsOn({
    help: 'When validation has chosen the best epoch, train again on all rows, training and validation, for as many epochs, and keep that model. The figures stay those of the first model, which has not seen the validation rows.',
    commands: ['train'],
    synonyms: ['retrain', 'refit-full'],
  }),
  patience: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    example: '5',
    help: 'Stop after this many epochs in a row without improvement; the model of the best epoch is kept.',
    commands: ['train', 'tune'],
    changes: 'outcome',
    synonyms: ['early-stopping', 'early-stop', 'n-iter-no-change'],
    usual: ['train'],
  }),
  minDelta: option<number | null>({
    kind: decimal({ zero: true }),
    default: null,
    defaultText: '0',
    example: '0.001',
    help: 'Smallest improvement that counts for --patience.',
    commands: ['train', 'tune'],
    needs: { patience: [] },
    changes: 'outcome',
  }),
  targetMetric: option<{ figure: string; value: number } | null>({
    property: ['TrainOptions.target', 'search.target'],
    kind: target,
    default: null,
    example: 'accuracy=0.98',
    help: 'Stop after the first epoch that reaches this value of a metric on the validation rows; exit code 5 if none does.',
    of: {
      scale: {
        default: 'accuracy=0.97; regression: rmse=0.5',
        help: 'Metric and value to reach on the validation rows.',
        needs: { mode: ['batch'] },
      },
    },
    commands: ['train', 'scale'],
    changes: 'outcome',
    synonyms: ['goal', 'stop-at'],
  }),
};
