/**
 * Dropout and noise on the inputs, which training adds and prediction leaves out, as plain data. The random numbers depend
 * only on the seed, the step and the place in the batch, so they need no state.
 */
import { optionError } from '../errors.js';
import { type Purpose, Random } from '../random.js';
import { checkRange, SINGLE_FRACTION, SINGLE_FROM_ZERO } from '../ranges.js';
import type { Network } from './network.js';

export interface Perturbation {
  /** Standard deviation of the noise on each input of the network. */
  readonly inputNoise: number;
  /** Share of the units of z(0), z(1), …, z(c) that is dropped. */
  readonly dropout: readonly number[];
  readonly seed: number;
}

export interface PerturbationOptions {
  /** Share of the units of each hidden layer that a step drops, drawn anew for each row; 0 by default. */
  dropout?: readonly number[];
  /** The same for the features; 0 by default. */
  inputDropout?: number;
  /** Standard deviation of Gaussian noise on the features; 0 by default. */
  inputNoise?: number;
  seed: number;
}

/** null if nothing is perturbed. @throws usage if a rate is out of range, or the number of rates is wrong */
export function perturbationFor(network: Network, options: PerturbationOptions): Perturbation | null {
  const { dropout = network.hidden.map(() => 0), inputDropout = 0, inputNoise = 0, seed } = options;
  const layers = network.hidden.length;
  if (dropout.length !== layers) {
    throw optionError('dropout', { expected: `${layers} rates (the hidden layers)`, got: dropout.length });
  }
  for (const rate of dropout) checkRange('dropout', rate, SINGLE_FRACTION);
  checkRange('inputDropout', inputDropout, SINGLE_FRACTION);
  checkRange('inputNoise', inputNoise, SINGLE_FROM_ZERO);
  const rates = [inputDropout, ...dropout];
  return inputNoise === 0 && rates.every(rate => rate === 0) ? null : { inputNoise, dropout: rates, seed };
}

/** Key of the random numbers of a step, from 1, in layer l. */
export function keyOf(
  { seed }: Pick<Perturbation, 'seed'>,
  purpose: Extract<Purpose, 'dropout' | 'noise'>,
  step: number,
  l: number,
): number {
  return new Random(seed, purpose, step).word(l);
}
