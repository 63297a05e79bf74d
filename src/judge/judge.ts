/** Computes figures of quality from sums over rows. Pure functions. */
import type { Dataset } from '../data/dataset.js';
import type { Judgement } from '../model/judgement.js';
import type { Reduction } from '../model/network.js';
import type { Extent } from './total-weights.js';

/** Sums over a set of rows, as the kernels compute them, and the rows' total weights. */
export interface Sums extends Extent {
  /** Σ of E. */
  loss: number;
  /** Σ of the weights of correct rows; for regression Σ v (y − ŷ)², where v is the weight of the row. */
  right: number;
}

/** Reduces E of rows with the given total weight: E / weight for the mean, 0 if the weight is 0. */
export function reduceLoss(loss: number, weight: number, reduction: Reduction): number {
  if (reduction === 'sum') return loss;
  return weight === 0 ? 0 : loss / weight;
}

/**
 * Divisor of each target's errors, in its original unit, when they are combined: 1 if all targets have the
 * same deviation, otherwise the deviations, because targets in different units have no common mean.
 */
export function unitsOf(data: Pick<Dataset, 'encoding' | 'outputs'>): number[] {
  const deviations = deviationsOf(data);
  return deviations.every(deviation => deviation === deviations[0]) ? deviations.map(() => 1) : deviations;
}

/** Unit of y as used for training, relative to the divisors of unitsOf. */
export function unitOf(data: Dataset): number {
  return deviationsOf(data)[0]! / unitsOf(data)[0]!;
}

/** Deviation of each target. */
function deviationsOf({ encoding, outputs }: Pick<Dataset, 'encoding' | 'outputs'>): number[] {
  const { targetScales, targetTransforms } = encoding;
  return Array.from(
    { length: outputs },
    (_, k) => (targetTransforms?.[k] ?? targetScales[k])?.deviation ?? 1,
  );
}

/**
 * Computes the judgement of rows. accuracy = right / rows, for labels right / (rows · labels); rmse = √(Σ v
 * (y − ŷ)² / (rows · outputs)) times the unit of y, whatever the loss, or null if targets are transformed, because the sum is not
 * one of errors in their units. Rows count by their weights. If E is
 * NaN, the predictions are invalid and no row counts as correct.
 */
export function judge({ loss, right, weight, rows }: Sums, data: Dataset, reduction: Reduction): Judgement {
  const regression = data.task === 'regression';
  const labels = data.task === 'multilabel' ? data.outputs : 1;
  return {
    loss: reduceLoss(loss, weight, reduction),
    accuracy: regression ? null : (Number.isNaN(loss) ? Number.NaN : right) / (rows * labels),
    rmse:
      regression && !data.encoding.targetTransforms
        ? unitOf(data) * Math.sqrt(right / (rows * data.outputs))
        : null,
  };
}
