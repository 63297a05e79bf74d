/** Dropout and noise, which apply to training only. Entries of the table in options.ts. */
import { list, single, singleFraction } from './kinds.js';
import { option, TRAINING } from './option.js';

export const PERTURBATION_OPTIONS = {
  dropout: option<number[]>({
    kind: list(singleFraction, { empty: false }),
    default: [0],
    example: '0.5',
    help: 'Fraction of the hidden units that a step leaves out, drawn anew for each row: one for all hidden layers, or one for each.',
    commands: [...TRAINING, 'info'],
    of: { info: { needs: { native: [] } } },
  }),
  inputDropout: option<number>({
    kind: singleFraction,
    default: 0,
    example: '0.2',
    help: 'Fraction of the features that a step leaves out, drawn anew for each row.',
    commands: [...TRAINING, 'info'],
    of: { info: { needs: { native: [] } } },
  }),
  inputNoise: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '0.1',
    help: 'Standard deviation of Gaussian noise on the features, drawn anew for each row and step, in the network’s units: standardised, pixels from 0 to 1.',
    commands: [...TRAINING, 'info'],
    of: { info: { needs: { native: [] } } },
  }),
};
