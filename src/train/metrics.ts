/** The figures of a judgement by their names. Pure functions. */
import type { Judgement } from './types.js';

export { isBetter, isRising } from '../model/metric.js';

/**
 * The judgement's figure of that name, as the command line names them: loss, accuracy, rmse, f1, …; undefined where
 * it was not asked for, the task has none of that name, or it is not defined on these rows.
 */
export function metricOf({ metrics, ...figures }: Judgement, name: string): number | undefined {
  const value = { ...metrics, ...figures }[name];
  return value ?? undefined;
}
