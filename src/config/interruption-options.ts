/** Interruption: checkpoints, time limits and lost workers. Entries of the table in options.ts. */
import { duration, interval, typedInterval, typedSeconds } from './durations.js';
import { fault } from './fault.js';
import { whole } from './kinds.js';
import { option } from './option.js';

export const INTERRUPTION_OPTIONS = {
  checkpointEvery: option<string | null>({
    property: 'checkpoint',
    typed: typedInterval,
    kind: interval,
    default: null,
    defaultText: 'only when a signal or --max-time ends the training',
    example: '1000',
    help: 'Write a checkpoint every so many steps (1000), every so often (30s, 10m), or after each epoch (epoch).',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['checkpoint', 'checkpoints', 'save-every'],
  }),
  keepCheckpoints: option<number>({
    kind: whole({ from: 1 }),
    default: 3,
    example: '3',
    help: 'Number of newest checkpoints to keep, besides last and best.',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['max-checkpoints'],
  }),
  maxTime: option<string | null>({
    property: 'maxSeconds',
    typed: typedSeconds,
    kind: duration,
    default: null,
    defaultText: 'none',
    example: '10m',
    help: 'End after this time (90s, 10m, 2h) with a checkpoint, as a signal would; exit code 124.',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['timeout', 'time-limit'],
  }),
  stallTimeout: option<string | null>({
    property: 'stallSeconds',
    typed: typedSeconds,
    kind: duration,
    default: null,
    defaultText: 'as long as a step can take',
    example: '30s',
    help: 'Time without any sign of life after which a worker counts as lost and is replaced.',
    commands: ['train'],
    changes: 'nothing',
  }),
  injectFault: option<string | null>({
    kind: fault,
    default: null,
    defaultText: 'none',
    example: '1:20:update:exit',
    help: 'A worker to lose on purpose.',
    commands: ['train'],
    hidden: true,
    changes: 'nothing',
  }),
};
