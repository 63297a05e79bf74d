/** Measurement: what `lockstep bench`, `lockstep scale` and `lockstep verify` run. Entries of the table in options.ts. */
import { decimal, text, whole } from './kinds.js';
import { option } from './option.js';
import { networks } from './study-kinds.js';

export const MEASUREMENT_OPTIONS = {
  layers: option<number[][] | null>({
    kind: networks,
    default: null,
    defaultText: '784,128,10; scale of DATA: its features, 128, its outputs',
    example: '784,128,10',
    help: 'Sizes of all layers, features and outputs included; without DATA, with softmax and cross-entropy at the end. scale: several networks with semicolons between them, or the option several times.',
    commands: ['bench', 'scale'],
    usual: ['bench', 'scale'],
    of: {
      bench: {
        default: '784,128,10',
        help: 'Sizes of all layers, features and outputs included, with softmax and cross-entropy at the end.',
      },
    },
  }),
  rows: option<number>({
    kind: whole({ from: 1 }),
    default: 60_000,
    example: '60000',
    help: 'Random rows in memory that batches are drawn from.',
    commands: ['bench', 'scale'],
  }),
  steps: option<number>({
    kind: whole({ from: 1 }),
    default: 50,
    example: '50',
    help: 'Steps of each training.',
    commands: ['verify'],
    usual: ['verify'],
  }),
  seconds: option<number>({
    kind: decimal({ zero: false }),
    default: 3,
    example: '3',
    help: 'Seconds of steps to measure, after warming up.',
    commands: ['bench', 'scale'],
    of: { scale: { needs: { mode: ['strong', 'weak'] } } },
    usual: ['bench'],
  }),
  compare: option<string | null>({
    kind: text('FILE', 'a file'),
    default: null,
    defaultText: 'none',
    example: 'before.json',
    help: 'Show the ratio to an earlier result in this file, as --json printed it.',
    commands: ['bench'],
    usual: ['bench'],
  }),
};
