/** What predictions are judged by. Pure functions. */
import type { Dataset } from '../../data/dataset.js';
import { truthOf } from '../../data/reconstruction.js';
import { unitsOf } from '../judge.js';
import type { Weights } from './classes.js';

/** The targets of rows, and what each row counts, as exactly as both are known. */
export interface Known {
  task: Dataset['task'];
  outputs: number;
  /** Class numbers (rows), 0 and 1 (rows, labels), or values in the targets' own units (rows, targets). */
  y: ArrayLike<number>;
  weights: Weights;
  /** What errors of each target are divided by if they are taken together. */
  units: readonly number[];
}

export function knownOf(data: Dataset): Known {
  const { task, outputs, weights, exactWeights } = data;
  return { task, outputs, y: truthOf(data), weights: exactWeights ?? weights, units: unitsOf(data) };
}
