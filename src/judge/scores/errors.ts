/** Errors of predicted regression targets. Rows count by their weights. Pure functions on plain arrays. */
import { type Weights, weightOf } from './classes.js';

/** Errors of one target, in the unit of its values. */
export interface TargetErrors {
  /** √(mean (y − ŷ)²) */
  rmse: number;
  /** mean |y − ŷ| */
  mae: number;
  /** R² = 1 − Σ (y − ŷ)² / Σ (y − mean y)²; null if all y are equal. */
  r2: number | null;
}

/** True values that predictions are compared with. */
export interface Judged {
  /** (rows, outputs) */
  y: ArrayLike<number>;
  outputs: number;
  weights?: Weights;
  /** Divisor of each target's errors when they are combined. */
  units: readonly number[];
}

/** Errors of each target, and of all of them combined. yHat: (rows, outputs). */
export function errorsOfTargets({ y, outputs, weights, units }: Judged, yHat: ArrayLike<number>) {
  const targets = errorsOf(y, yHat, outputs, weights);
  return { targets, overall: overallOf(targets, units) };
}

/** Errors of each target. y, yHat: (rows, targets). */
export function errorsOf(
  y: ArrayLike<number>,
  yHat: ArrayLike<number>,
  targets: number,
  weights?: Weights,
): TargetErrors[] {
  const { means, count } = meansOf(y, targets, weights);
  const squares = new Float64Array(targets);
  const absolute = new Float64Array(targets);
  const spread = new Float64Array(targets);
  for (let row = 0, i = 0; i < y.length; row++) {
    const weight = weightOf(weights, row);
    for (let k = 0; k < targets; k++, i++) {
      const error = y[i]! - yHat[i]!;
      squares[k]! += weight * error * error;
      absolute[k]! += weight * Math.abs(error);
      const deviation = y[i]! - means[k]!;
      spread[k]! += weight * (deviation * deviation);
    }
  }
  return Array.from({ length: targets }, (_, k) => ({
    rmse: Math.sqrt(squares[k]! / count),
    mae: absolute[k]! / count,
    r2: spread[k] === 0 ? null : 1 - squares[k]! / spread[k]!,
  }));
}

/** Means relative to the first row with a positive weight, so that the mean of equal values is exact. */
function meansOf(y: ArrayLike<number>, targets: number, weights: Weights) {
  let first: number | null = null;
  let count = 0;
  const sums = new Float64Array(targets);
  for (let row = 0, i = 0; i < y.length; row++, i += targets) {
    const weight = weightOf(weights, row);
    if (weight === 0) continue;
    first ??= i;
    count += weight;
    for (let k = 0; k < targets; k++) sums[k]! += weight * (y[i + k]! - y[first + k]!);
  }
  const means = sums.map((sum, k) => (first === null ? 0 : y[first + k]! + sum / count));
  return { means, count };
}

/**
 * √(mean (y − ŷ)²) and mean |y − ŷ| over rows and targets, each in its unit; the mean of R², or null if a
 * target has none.
 */
function overallOf(errors: readonly TargetErrors[], units: readonly number[]): TargetErrors {
  if (errors.length === 1 && units[0] === 1) return errors[0]!;
  const meanOver = (figure: (errors: TargetErrors, unit: number) => number) =>
    errors.reduce((sum, one, k) => sum + figure(one, units[k]!), 0) / errors.length;
  return {
    rmse: Math.sqrt(meanOver(({ rmse }, unit) => (rmse / unit) * (rmse / unit))),
    mae: meanOver(({ mae }, unit) => mae / unit),
    r2: errors.some(({ r2 }) => r2 === null) ? null : meanOver(({ r2 }) => r2!),
  };
}
