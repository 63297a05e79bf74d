/** Measurement: what `lockstep bench`, `lockstep scale` and `lockstep verify` run. Entries of the table in options.ts. */
import { decimal, text, whole } from './kinds.js';
import { option } from './option.js';
import { networks } from './study-kinds.js';

export const MEASUREMENT_OPTIONS = {
  layers: option<number[][] | null>({
    property: 'networks',
    kind: networks,
    default: null,
    defaultText: '784,128,10; scale with DATA: its features, 128, its outputs',
    example: '784,128,10',
    help: 'Sizes of all layers, from the features to the outputs. Without DATA, the output is softmax with cross-entropy. scale takes several networks, separated by semicolons.',
    commands: ['bench', 'scale'],
    usual: ['bench', 'scale'],
    of: {
      bench: {
        default: '784,128,10',
        help: 'Sizes of all layers, from the features to the outputs, which are softmax with cross-entropy.',
      },
    },
  }),
  rows: option<number>({
    kind: whole({ from: 1 }),
    default: 60_000,
    example: '60000',
    help: 'Number of random rows in memory that batches are drawn from.',
    commands: ['bench', 'scale'],
  }),
  steps: option<number>({
    kind: whole({ from: 1 }),
    default: 50,
    example: '50',
    help: 'Number of steps of each training.',
    commands: ['verify'],
    usual: ['verify'],
  }),
  seconds: option<number>({
    kind: decimal({ zero: false }),
    default: 3,
    example: '3',
    help: 'Seconds to measure, after warming up.',
    commands: ['bench', 'scale'],
    of: { scale: { needs: { mode: ['strong', 'weak'] } } },
    usual: ['bench'],
  }),
  compare: option<string | null>({
    kind: text('FILE', 'a file'),
    default: null,
    example: 'before.json',
    help: 'Compare with an earlier result: a file that --json printed.',
    commands: ['bench'],
    usual: ['bench'],
  }),
};
