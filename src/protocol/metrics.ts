/** What every party reads between two meetings to decide alike. */
import type { Slots } from './collective.js';
import type { TrainTask } from './tasks.js';

/** Columns of a shard's metrics: Σ E, and the number of right rows, for a regression Σ of squared errors. */
const LOSS = 0;
const RIGHT = 1;

/** Over the shards 0, 1, … before `shards`. */
export interface MetricSums {
  /** Σ of the rows' errors, neither reduced nor with a penalty. */
  loss: number;
  /** Right rows; for a regression Σ of squared errors. */
  right: number;
}

/** Σ of the shards' metrics. @param metrics the place of that name */
export function sumMetrics(metrics: Slots, shards: number): MetricSums {
  return { loss: metrics.sum(shards, LOSS), right: metrics.sum(shards, RIGHT) };
}

/** A mean loss beyond this is divergence, long before float32 overflows: no training comes back from there. */
const GREATEST_LOSS = 1e30;

/** Whether training can go on with a loss of that sum over rows of so much weight, or of that mean if no weight is given. */
export function isSoundLoss(loss: number, rows = 1): boolean {
  return Math.abs(loss) <= GREATEST_LOSS * rows;
}

/**
 * Whether no party changed a weight by more than the tolerance in a segment's step, after so many of them. A step whose
 * rows all weigh 0 has no gradient, and says nothing about that.
 * @param change each party's largest |change|; a party that changes none has 0 there
 */
export function isUnchanged(
  change: Slots,
  parties: number,
  { tolerance, weights }: Pick<TrainTask, 'tolerance' | 'weights'>,
  done: number,
): boolean {
  if (tolerance === null || weights?.[done] === 0) return false;
  return change.largest(parties) <= tolerance;
}
