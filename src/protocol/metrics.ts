/** What every party reads between the barriers to decide alike. */
import { CHANGE_STRIDE, METRICS_PER_SHARD } from '../model/plan.js';
import type { TrainTask } from './tasks.js';

/**
 * Σ of E and of right rows, of a regression of squared errors, over the shards 0, 1, …, added in that order: the same
 * for every reader.
 */
export function sumMetrics(metrics: Float64Array, shards: number): { loss: number; right: number } {
  let loss = 0;
  let right = 0;
  for (let s = 0; s < shards; s++) {
    loss += metrics[s * METRICS_PER_SHARD]!;
    right += metrics[s * METRICS_PER_SHARD + 1]!;
  }
  return { loss, right };
}

/** A mean loss beyond this is divergence, long before float32 overflows: no training comes back from there. */
const GREATEST_LOSS = 1e30;

/** Whether Σ of E over so much weight of rows, or their mean if no weight is given, is one that a training can go on with. */
export function isSoundLoss(loss: number, rows = 1): boolean {
  return Math.abs(loss) <= GREATEST_LOSS * rows;
}

/**
 * Whether no party changed a weight by more than the tolerance in a segment's step, after so many of them. One whose
 * rows all weigh 0 has no gradient, and so nothing to say of that.
 */
export function isUnchanged(
  change: Float32Array,
  { tolerance, weights }: Pick<TrainTask, 'tolerance' | 'weights'>,
  done: number,
): boolean {
  if (tolerance === null || weights?.[done] === 0) return false;
  for (let i = 0; i < change.length; i += CHANGE_STRIDE) {
    if (!(change[i]! <= tolerance)) return false;
  }
  return true;
}
