/**
 * The figures that predictions are judged by: their names, and which way is better. Knows no predictions.
 */

/** The names as they are typed; beside them top-1, top-2, … */
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

/** What is better the smaller it is. */
const FALLING: ReadonlySet<string> = new Set(['loss', 'log-loss', 'rmse', 'mae']);

/** top-5 → 5; undefined of other names. */
export function topOf(name: string): number | undefined {
  const [, k] = /^top-([1-9]\d{0,6})$/.exec(name) ?? [];
  return k === undefined ? undefined : Number(k);
}

/** Whether there is a metric of that name. */
export function isMetric(name: string): boolean {
  return METRICS.some(one => one === name) || topOf(name) !== undefined;
}

/** Whether more of it is better: of a metric's name. */
export function isRising(name: string): boolean {
  return !FALLING.has(name);
}

/** Whether figure a is better than b: more of what is better the larger it is, less of the others. */
export function isBetter(name: string, a: number, b: number): boolean {
  // A figure that is not a number is never better.
  return isRising(name) ? a > b : a < b;
}
