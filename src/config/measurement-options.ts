/** Measurement: what `lockstep bench` and `lockstep verify` measure. Entries of the table in options.ts. */
import { decimal, list, text, whole } from './kinds.js';
import { option } from './option.js';

export const MEASUREMENT_OPTIONS = {
  layers: option<number[]>({
    kind: list(whole({ from: 1 }), { empty: false }),
    default: [784, 128, 10],
    example: '784,128,10',
    help: 'Sizes of all layers, features and classes included; softmax and cross-entropy at the end.',
    commands: ['bench'],
  }),
  rows: option<number>({
    kind: whole({ from: 1 }),
    default: 60_000,
    example: '60000',
    help: 'Random rows in memory, of which each batch is drawn.',
    commands: ['bench'],
  }),
  steps: option<number>({
    kind: whole({ from: 1 }),
    default: 50,
    example: '50',
    help: 'Steps of each training.',
    commands: ['verify'],
  }),
  seconds: option<number>({
    kind: decimal({ zero: false }),
    default: 3,
    example: '3',
    help: 'How long steps are measured, after warming up.',
    commands: ['bench'],
  }),
  compare: option<string | null>({
    kind: text('FILE', 'a file'),
    default: null,
    defaultText: 'none',
    example: 'before.json',
    help: 'Show the ratio to an earlier result, as --json printed it.',
    commands: ['bench'],
  }),
};
