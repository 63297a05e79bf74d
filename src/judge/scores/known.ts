/** The truth that predictions are judged against. Pure functions. */
import type { Dataset } from '../../data/dataset.js';
import { truthOf } from '../../data/reconstruction.js';
import { unitsOf } from '../judge.js';
import type { Weights } from './classes.js';

/** Targets and weights of rows, as exactly as they are known. */
export interface Known {
  task: Dataset['task'];
  outputs: number;
  /**
   * Class numbers (rows), 0 and 1 (rows, labels), or values in the targets' original units (rows, targets).
   */
  y: ArrayLike<number>;
  weights: Weights;
  /** Divisor of each target's errors when they are combined. */
  units: readonly number[];
}

export function knownOf(data: Dataset): Known {
  const { task, outputs, weights, exactWeights } = data;
  return { task, outputs, y: truthOf(data), weights: exactWeights ?? weights, units: unitsOf(data) };
}
