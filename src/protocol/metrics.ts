/** Decisions that every party makes from the same sums between two meetings. */
import type { Slots } from './collective.js';
import type { TrainTask } from './tasks.js';

/** Columns of a shard's metrics: Σ E, and the number of correct rows or, for a regression, Σ of squared errors. */
export const LOSS = 0;
export const RIGHT = 1;

export interface MetricSums {
  /** Σ of the rows' errors, without reduction or penalty. */
  loss: number;
  /** Correct rows; for a regression Σ of squared errors. */
  right: number;
}

/** Σ of the metrics of the shards 0, 1, … before `shards`. @param metrics the entry `metrics` of the plan */
export function sumMetrics(metrics: Slots, shards: number): MetricSums {
  return { loss: metrics.sum(shards, LOSS), right: metrics.sum(shards, RIGHT) };
}

/** A larger mean loss is divergence, long before float32 overflows: no training recovers from it. */
const GREATEST_LOSS = 1e30;

/** Whether training can continue with this sum of losses over rows of this total weight; by default, with this mean loss. */
export function isSoundLoss(loss: number, rows = 1): boolean {
  return Math.abs(loss) <= GREATEST_LOSS * rows;
}

/**
 * Whether no party changed a weight by more than the tolerance in a step of the segment. A step whose rows all weigh 0 has
 * no gradient, and does not count.
 * @param change each party's largest |change|; 0 for a party that changes no weight
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
