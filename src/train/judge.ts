/** From sums over rows to how good the predictions are. Pure functions. */
import type { Dataset } from '../data/dataset.js';
import type { Judgement, Reduction } from './types.js';

/** Σ of E and number of right rows over some rows, as the kernels add them up. */
export interface Sums {
  loss: number;
  right: number;
  rows: number;
}

/** E of so many rows, reduced: E / rows for the mean. */
export function reduceLoss(loss: number, rows: number, reduction: Reduction): number {
  return reduction === 'mean' ? loss / rows : loss;
}

/** The unit of y in the targets' own: their deviation; 1 where several have different ones, which are units then. */
export function unitOf({ encoding }: Dataset): number {
  const [first, ...others] = encoding.targetScales.map(({ deviation }) => deviation);
  return others.every(deviation => deviation === first) ? (first ?? 1) : 1;
}

/**
 * The judgement of rows of this kind of data. rmse = √(2E / (rows · outputs)), as E = ½ Σ (y − ŷ)², times
 * the unit of y.
 */
export function judge({ loss, right, rows }: Sums, data: Dataset, reduction: Reduction): Judgement {
  const regression = data.task === 'regression';
  return {
    loss: reduceLoss(loss, rows, reduction),
    accuracy: regression ? null : right / rows,
    rmse: regression ? unitOf(data) * Math.sqrt((2 * loss) / (rows * data.outputs)) : null,
  };
}
