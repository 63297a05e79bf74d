/** From sums over rows to how good the predictions are. Pure functions. */
import type { Dataset } from '../data/dataset.js';
import type { Judgement } from '../model/judgement.js';
import type { Reduction } from '../model/network.js';
import type { Extent } from './extent.js';

/** Sums over some rows, as the kernels add them up, and what the rows weigh. */
export interface Sums extends Extent {
  /** Σ of E. */
  loss: number;
  /** Σ of what right rows count; of a regression Σ v (y − ŷ)², v the weight of the row. */
  right: number;
}

/** E of rows of so much weight, reduced: E / weight for the mean, 0 where no row weighs anything. */
export function reduceLoss(loss: number, weight: number, reduction: Reduction): number {
  if (reduction === 'sum') return loss;
  return weight === 0 ? 0 : loss / weight;
}

/**
 * What the errors of each target, in its own units, are divided by if they are taken together: 1 each, or their
 * deviations if those differ, as targets of different units have no mean.
 */
export function unitsOf(data: Pick<Dataset, 'encoding' | 'outputs'>): number[] {
  const deviations = deviationsOf(data);
  return deviations.every(deviation => deviation === deviations[0]) ? deviations.map(() => 1) : deviations;
}

/** The unit of y, as it is learnt, in those units. */
export function unitOf(data: Dataset): number {
  return deviationsOf(data)[0]! / unitsOf(data)[0]!;
}

/** Of each target. */
function deviationsOf({ encoding, outputs }: Pick<Dataset, 'encoding' | 'outputs'>): number[] {
  return Array.from({ length: outputs }, (_, k) => encoding.targetScales[k]?.deviation ?? 1);
}

/** Whether rows that were judged, where any were, have a loss that is a finite number: else no figure of them counts. */
export function isSound(judgement: Judgement | null): boolean {
  return judgement === null || Number.isFinite(judgement.loss);
}

/**
 * The judgement of rows of this kind of data. accuracy = right / rows, of labels right / (rows · labels);
 * rmse = √(Σ v (y − ŷ)² / (rows · outputs)) times the unit of y, whatever the loss. A row counts as much as its own
 * weight says. Where E is not a number, predictions are none, and no row is known to be right.
 */
export function judge({ loss, right, weight, rows }: Sums, data: Dataset, reduction: Reduction): Judgement {
  const regression = data.task === 'regression';
  const labels = data.task === 'multilabel' ? data.outputs : 1;
  return {
    loss: reduceLoss(loss, weight, reduction),
    accuracy: regression ? null : (Number.isNaN(loss) ? Number.NaN : right) / (rows * labels),
    rmse: regression ? unitOf(data) * Math.sqrt(right / (rows * data.outputs)) : null,
  };
}
