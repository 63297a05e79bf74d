/**
 * What training adds to a network that predicting leaves out, as plain data: noise on the inputs, and units dropped
 * at random. The numbers drawn go by the seed, the step and the place in the batch, so that they need no state.
 */
import { optionError } from '../errors.js';
import { type Purpose, Random } from '../random.js';
import { checkRange, SINGLE_FRACTION, SINGLE_FROM_ZERO } from '../ranges.js';
import type { Network } from './network.js';

export interface Perturbation {
  /** Standard deviation of what is added to each feature as the network sees it. */
  readonly inputNoise: number;
  /** Of z(0), z(1), …, z(c): the part of the units that is dropped. */
  readonly dropout: readonly number[];
  readonly seed: number;
}

/** What is asked for, as options. */
export interface PerturbationOptions {
  /** Of each hidden layer: the part of its units that is left out of a step, each row anew; none unless given. */
  dropout?: readonly number[];
  /** Of the features; 0 unless given. */
  inputDropout?: number;
  /** Standard deviation of Gaussian noise on the features; 0 unless given. */
  inputNoise?: number;
  seed: number;
}

/** null if nothing is perturbed. @throws usage if a rate is out of range, or there are not as many as hidden layers */
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

/** The key of what a step, from 1, draws for layer l. */
export function keyOf(
  { seed }: Pick<Perturbation, 'seed'>,
  purpose: Extract<Purpose, 'dropout' | 'noise'>,
  step: number,
  l: number,
): number {
  return new Random(seed, purpose, step).word(l);
}
