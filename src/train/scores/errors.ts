/** How far predicted values are from true ones. Pure functions on plain arrays (rows, targets), all in one unit. */

/** mean |y − ŷ| over rows and targets. */
export function meanAbsoluteError(y: ArrayLike<number>, yHat: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < y.length; i++) total += Math.abs(y[i]! - yHat[i]!);
  return total / y.length;
}

/**
 * R² = 1 − Σ (y − ŷ)² / Σ (y − mean y)² of each target, and the mean of them. null where all y of a target are equal.
 */
export function determination(y: ArrayLike<number>, yHat: ArrayLike<number>, targets: number): number | null {
  let total = 0;
  for (let k = 0; k < targets; k++) {
    const part = determinationOf(y, yHat, targets, k);
    if (part === null) return null;
    total += part;
  }
  return total / targets;
}

function determinationOf(
  y: ArrayLike<number>,
  yHat: ArrayLike<number>,
  targets: number,
  k: number,
): number | null {
  let sum = 0;
  for (let i = k; i < y.length; i += targets) sum += y[i]!;
  const mean = sum / (y.length / targets);
  let squares = 0;
  let spread = 0;
  for (let i = k; i < y.length; i += targets) {
    squares += (y[i]! - yHat[i]!) ** 2;
    spread += (y[i]! - mean) ** 2;
  }
  return spread === 0 ? null : 1 - squares / spread;
}
