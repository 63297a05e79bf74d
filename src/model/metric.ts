/**
 * The figures that predictions are judged by: their names, and which way is better. Knows no predictions.
 */

/** The names as they are typed; top-k stands for top-1, top-2, … */
export const METRICS = ['loss', 'accuracy', 'rmse'] as const;

/** Figures that are better the larger they are. */
const RISING: ReadonlySet<string> = new Set(['accuracy']);

/** Whether more of it is better: of a metric's name. */
export function isRising(name: string): boolean {
  return RISING.has(name);
}

/** Whether figure a is better than b: more of what is better the larger it is, less of the others. */
export function isBetter(name: string, a: number, b: number): boolean {
  // A figure that is not a number is never better.
  return isRising(name) ? a > b : a < b;
}
