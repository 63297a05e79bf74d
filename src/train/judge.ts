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

/**
 * The judgement of rows of this kind of data. rmse = √(2E / (rows · outputs)), as E = ½ Σ (y − ŷ)², times
 * the target's deviation; where several targets have different deviations it is left in units of them.
 */
export function judge({ loss, right, rows }: Sums, data: Dataset, reduction: Reduction): Judgement {
  const regression = data.task === 'regression';
  const [first, ...others] = data.encoding.targetScales.map(({ deviation }) => deviation);
  const unit = others.every(deviation => deviation === first) ? (first ?? 1) : 1;
  return {
    loss: reduceLoss(loss, rows, reduction),
    accuracy: regression ? null : right / rows,
    rmse: regression ? unit * Math.sqrt((2 * loss) / (rows * data.outputs)) : null,
  };
}
