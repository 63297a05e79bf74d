/** Names of metrics, and whether larger or smaller is better. */

/** All names except top-1, top-2, … */
export const METRICS = [
  'loss',
  'accuracy',
  'subset-accuracy',
  'precision',
  'recall',
  'f1',
  'auc',
  'log-loss',
  'rmse',
  'mae',
  'r2',
] as const;

/** Metrics that are better if they are smaller. */
const FALLING: ReadonlySet<string> = new Set(['loss', 'log-loss', 'rmse', 'mae']);

/** top-5 → 5; undefined for other names. */
export function topOf(name: string): number | undefined {
  const [, k] = /^top-([1-9]\d{0,6})$/.exec(name) ?? [];
  return k === undefined ? undefined : Number(k);
}

/** Whether there is a metric with this name. */
export function isMetric(name: string): boolean {
  return METRICS.some(one => one === name) || topOf(name) !== undefined;
}

/** Whether a metric is better if it is larger. */
export function isRising(name: string): boolean {
  return !FALLING.has(name);
}

/** Whether figure a of a metric is better than b. NaN is never better. */
export function isBetter(name: string, a: number, b: number): boolean {
  return isRising(name) ? a > b : a < b;
}
