/** Dropout, noise and distortion of images, which apply to training only. Entries of the table in options.ts. */
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
  imageShift: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '2',
    help: 'Most pixels by which images are moved along each axis, drawn anew for each image and step. Images come from IDX files.',
    commands: TRAINING,
  }),
  imageRotate: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '15',
    help: 'Most degrees by which images are rotated either way, drawn anew for each image and step.',
    commands: TRAINING,
  }),
  imageZoom: option<number>({
    kind: singleFraction,
    default: 0,
    example: '0.15',
    help: 'Largest change of the size of images along each axis, as a fraction, drawn anew for each image and step.',
    commands: TRAINING,
  }),
  imageWarp: option<number>({
    kind: single({ zero: true }),
    default: 0,
    example: '2',
    help: 'Most pixels by which the nodes of a grid on images are moved, with what lies between them, drawn anew for each image and step: elastic distortion, as of handwriting.',
    commands: TRAINING,
  }),
};
