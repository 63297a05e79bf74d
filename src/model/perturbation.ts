/**
 * Dropout, noise on the inputs and distortion of images, which training adds and prediction leaves out, as plain data. The random numbers depend
 * only on the seed, the step and the place in the batch, so they need no state.
 */
import { optionError } from '../errors.js';
import type { Distortion } from '../kernels/distort.js';
import { type Purpose, Random } from '../random.js';
import { checkRange, SINGLE_FRACTION, SINGLE_FROM_ZERO } from '../ranges.js';
import { type DistortionOptions, distortionFor } from './distortion.js';
import { firstDense, type Network } from './network.js';

export interface Perturbation {
  /** null: images stay as they are, or the rows are no images. */
  readonly distortion: Distortion | null;
  /** Standard deviation of the noise on each input of the network. */
  readonly inputNoise: number;
  /** Share of the units of z(0), z(1), …, z(c) that is dropped. */
  readonly dropout: readonly number[];
  readonly seed: number;
}

export interface PerturbationOptions extends DistortionOptions {
  /** Share of the units of each hidden layer that a step drops, drawn anew for each row; 0 by default. */
  dropout?: readonly number[];
  /** The same for the features; 0 by default. */
  inputDropout?: number;
  /** Standard deviation of Gaussian noise on the features; 0 by default. */
  inputNoise?: number;
  seed: number;
}

/**
 * null if nothing is perturbed.
 * @param shape dimensions of an image; undefined if the rows are no images
 * @throws usage if an option is out of range, the number of rates is wrong, or rows can't be distorted
 */
export function perturbationFor(
  network: Network,
  options: PerturbationOptions,
  shape?: readonly number[],
): Perturbation | null {
  const { inputDropout = 0, inputNoise = 0, seed } = options;
  const waves = firstDense(network);
  const layers = network.hidden.length - waves;
  const { dropout = Array.from({ length: layers }, () => 0) } = options;
  if (dropout.length !== layers) {
    throw optionError('dropout', { expected: `${layers} rates (the hidden layers)`, got: dropout.length });
  }
  for (const rate of dropout) checkRange('dropout', rate, SINGLE_FRACTION);
  checkRange('inputDropout', inputDropout, SINGLE_FRACTION);
  checkRange('inputNoise', inputNoise, SINGLE_FROM_ZERO);
  const rates = [inputDropout, ...Array.from({ length: waves }, () => 0), ...dropout];
  const distortion = distortionFor(options, shape);
  const isPlain = distortion === null && inputNoise === 0 && rates.every(rate => rate === 0);
  return isPlain ? null : { distortion, inputNoise, dropout: rates, seed };
}

/** Key of the random numbers of a step, from 1, in layer l. */
export function keyOf(
  { seed }: Pick<Perturbation, 'seed'>,
  purpose: Extract<Purpose, 'dropout' | 'noise' | 'distortion'>,
  step: number,
  l: number,
): number {
  return new Random(seed, purpose, step).word(l);
}
