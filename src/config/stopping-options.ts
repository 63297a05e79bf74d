/** Stopping: what ends a training before its last epoch, and which epoch is the best. Entries of the table in options.ts. */
import { decimal, whole } from './kinds.js';
import { option } from './option.js';
import { figure, target } from './target.js';

export const STOPPING_OPTIONS = {
  maxSteps: option<number | null>({
    property: 'steps',
    kind: whole({ from: 1 }),
    default: null,
    defaultText: 'none',
    example: '10000',
    help: 'End after this many steps, counted from the start of the training, if --epochs do not end it before. Schedules that run to the last step end there.',
    of: {
      scale: {
        default: 'as --epochs says',
        help: 'Steps after which a training that has not reached the target is given up.',
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
    defaultText: '--target-metric’s, or loss',
    example: 'accuracy',
    help: 'Figure that decides which epoch is the best, for --patience and --lr-schedule plateau too. It is of the validation rows; training- before it makes it that of the training rows. The best epoch’s model is kept if there are validation rows or this option is given (with --folds, only if it is given), else the last epoch’s.',
    commands: ['train', 'tune'],
  }),
  patience: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: 'none',
    example: '5',
    help: 'End after this many epochs in a row without improvement; the best epoch’s model is kept.',
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
  targetMetric: option<string | null>({
    property: 'TrainOptions.target',
    typed: ({ figure, value }: { figure: string; value: number }) => `${figure}=${value}`,
    kind: target,
    default: null,
    defaultText: 'none',
    example: 'accuracy=0.98',
    help: 'End after the first epoch that reaches this figure on the validation rows; exit code 5 if none does.',
    of: {
      scale: {
        default: 'accuracy=0.97; regression: rmse=0.5',
        help: 'Figure to reach on the validation rows.',
        needs: { mode: ['batch'] },
      },
    },
    commands: ['train', 'scale'],
    changes: 'outcome',
    synonyms: ['goal', 'stop-at'],
  }),
};
