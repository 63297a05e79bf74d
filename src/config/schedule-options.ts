/** Learning rate: how it changes from step to step, and with the batch. Entries of the table in options.ts. */
import { SCHEDULES, type ScheduleName } from '../model/schedule.js';
import { choice, decimal, fraction, whole } from './kinds.js';
import { type CommandName, option } from './option.js';

const TRAINING: CommandName[] = ['train', 'verify'];

export const SCHEDULE_OPTIONS = {
  lrSchedule: option<ScheduleName>({
    kind: choice(...SCHEDULES),
    default: 'constant',
    example: 'cosine',
    help: 'How the rate goes: step, exponential and inverse-time by epoch; cosine, polynomial and one-cycle by step, to the last one; plateau falls when --monitor’s figure gets no better. One-cycle rises to --lr and falls.',
    commands: TRAINING,
  }),
  lrGamma: option<number | null>({
    kind: decimal({ zero: false }),
    default: null,
    defaultText: 'step, inverse-time, plateau: 0.1; exponential: 0.95',
    example: '0.1',
    help: 'γ: step, exponential and plateau multiply by it; inverse-time divides by 1 + γ · epoch.',
    commands: TRAINING,
  }),
  lrEvery: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: '10',
    example: '10',
    help: 'Epochs between two falls of step.',
    commands: TRAINING,
  }),
  lrEnd: option<number | null>({
    kind: fraction,
    default: null,
    defaultText: '0',
    example: '0.01',
    help: 'What cosine and polynomial end at, and plateau never falls below, as a part of --lr.',
    commands: TRAINING,
  }),
  lrPower: option<number | null>({
    kind: decimal({ zero: false }),
    default: null,
    defaultText: '1',
    example: '2',
    help: 'Power of polynomial.',
    commands: TRAINING,
  }),
  lrPatience: option<number | null>({
    kind: whole({ from: 0 }),
    default: null,
    defaultText: '10',
    example: '5',
    help: 'Epochs in a row without a better figure that plateau lets pass; it falls after one more.',
    commands: TRAINING,
  }),
  lrThreshold: option<number | null>({
    kind: fraction,
    default: null,
    defaultText: '0.0001',
    example: '0.001',
    help: 'What plateau takes for better is better by more than this part of the best.',
    commands: TRAINING,
  }),
  lrCooldown: option<number | null>({
    kind: whole({ from: 0 }),
    default: null,
    defaultText: '0',
    example: '2',
    help: 'Epochs after a fall that plateau doesn’t count.',
    commands: TRAINING,
  }),
  warmupSteps: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: 'none',
    example: '500',
    help: 'Steps in which the rate rises in a line to --lr.',
    commands: TRAINING,
  }),
  warmupEpochs: option<number | null>({
    kind: decimal({ zero: false }),
    default: null,
    defaultText: 'none',
    example: '5',
    help: 'The same in epochs, or parts of one.',
    commands: TRAINING,
  }),
  scaleLr: option<'none' | 'linear' | 'sqrt'>({
    kind: choice('none', 'linear', 'sqrt'),
    default: 'none',
    example: 'linear',
    help: 'Multiply --lr by k, or √k, for a batch k times --base-batch-size; for large batches, with a warm-up.',
    commands: TRAINING,
  }),
  baseBatchSize: option<number | null>({
    kind: whole({ from: 1 }),
    default: null,
    defaultText: '256',
    example: '256',
    help: 'Batch that --lr was chosen for, with --scale-lr.',
    commands: TRAINING,
  }),
};
