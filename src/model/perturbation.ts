/**
 * What training adds to a network that predicting leaves out, as plain data: noise on the inputs, and units dropped
 * at random. The numbers drawn go by the seed, the step and the place in the batch, so that they need no state.
 */
import { usageError } from '../errors.js';
import { fitsFloat32, heldText, isPartInFloat32 } from '../float32.js';
import { type Purpose, Random } from '../random.js';
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

/** null where nothing is perturbed. @throws usage where a rate is out of range, or there are not as many as hidden layers */
export function perturbationFor(network: Network, options: PerturbationOptions): Perturbation | null {
  const { dropout = network.hidden.map(() => 0), inputDropout = 0, inputNoise = 0, seed } = options;
  const layers = network.hidden.length;
  if (dropout.length !== layers) {
    throw usageError(`--dropout: expected ${layers} rates (the hidden layers), got ${dropout.length}.`);
  }
  for (const rate of dropout) checkRate('--dropout', rate);
  checkRate('--input-dropout', inputDropout);
  if (!(inputNoise >= 0) || !fitsFloat32(inputNoise)) {
    throw usageError(`--input-noise: expected 0 or more${heldText(inputNoise)}, got ${inputNoise}.`);
  }
  const rates = [inputDropout, ...dropout];
  return inputNoise === 0 && rates.every(rate => rate === 0) ? null : { inputNoise, dropout: rates, seed };
}

function checkRate(option: string, rate: number): void {
  if (!isPartInFloat32(rate)) throw usageError(`${option}: expected from 0, below 1, got ${rate}.`);
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
