/** When a training ends before its epochs are over, and which epoch is the best. Entries of the table in options.ts. */
import { decimal, whole } from './kinds.js';
import { option } from './option.js';
import { figure, target } from './target.js';

export const STOPPING_OPTIONS = {
  stepLimit: option<number | null>({
    name: 'max-steps',
    kind: whole({ from: 1 }),
    default: null,
    defaultText: 'none',
    example: '10000',
    help: 'End after so many steps, counted from the start of the training, unless --epochs end before. Schedules that go to the last step end there.',
    commands: ['train'],
  }),
  monitor: option<string | null>({
    kind: figure,
    default: null,
    defaultText: '--target-metric’s, or loss',
    example: 'accuracy',
    help: 'The figure that tells which epoch is the best, and that --patience and --lr-schedule plateau go by: of the validation rows, or with training- before it of the training. Given, the model is that of the best epoch.',
    commands: ['train'],
  }),
  patience: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: 'none',
    example: '5',
    help: 'End after so many epochs in a row without a better figure; the model is that of the best epoch.',
    commands: ['train'],
  }),
  minDelta: option<number | null>({
    kind: decimal({ zero: true }),
    default: null,
    defaultText: '0',
    example: '0.001',
    help: 'What --patience takes for better is better by more than this.',
    commands: ['train'],
  }),
  goal: option<string | null>({
    name: 'target-metric',
    kind: target,
    default: null,
    defaultText: 'none',
    example: 'accuracy=0.98',
    help: 'End after the first epoch that is as good as that, judged on the validation rows; exit code 5 where none is.',
    commands: ['train'],
  }),
};
