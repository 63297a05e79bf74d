/** Interruption: checkpoints, time limits and lost workers. Entries of the table in options.ts. */
import { duration, type Interval, interval } from './durations.js';
import { type Fault, fault } from './fault.js';
import { whole } from './kinds.js';
import { option } from './option.js';

export const INTERRUPTION_OPTIONS = {
  checkpointEvery: option<Interval | null>({
    property: 'checkpoint',
    kind: interval,
    default: null,
    defaultText: 'only when a signal or --max-time ends the training',
    example: '1000',
    help: 'Interval between checkpoints: steps (1000), time (30s, 10m), or each epoch (epoch).',
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
  maxTime: option<number | null>({
    property: 'maxSeconds',
    kind: duration,
    default: null,
    example: '10m',
    help: 'Stop after this time (90s, 10m, 2h), with a checkpoint and exit code 124.',
    commands: ['train'],
    changes: 'nothing',
    synonyms: ['timeout', 'time-limit'],
  }),
  stallTimeout: option<number | null>({
    property: 'stallSeconds',
    kind: duration,
    default: null,
    defaultText: 'from the longest time that a step can take',
    example: '30s',
    help: 'Time after which a worker without a sign of life counts as lost and is replaced. On several ranks, a rank counts as lost too, and all end.',
    commands: ['train'],
    changes: 'nothing',
  }),
  injectFault: option<Fault | null>({
    kind: fault,
    default: null,
    example: '1:20:update:exit',
    help: 'Lose a worker on purpose.',
    commands: ['train'],
    hidden: true,
    changes: 'nothing',
  }),
};
