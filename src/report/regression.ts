/** Predicted against true values, for each target. Pure functions on plain arrays. */
import { formatFigure } from './format.js';
import { renderTable } from './table.js';

/** The figures of one target, in its own units. */
export interface TargetFigures {
  target: string;
  /** √(mean (y − ŷ)²) */
  rmse: number;
  /** mean |y − ŷ| */
  mae: number;
  /** 1 − Σ (y − ŷ)² / Σ (y − mean y)²; null where all y are equal. */
  r2: number | null;
}

/** y, yHat: (rows, targets). */
export function targetFigures(
  y: ArrayLike<number>,
  yHat: ArrayLike<number>,
  targets: readonly string[],
): TargetFigures[] {
  const width = targets.length;
  const rows = y.length / width;
  return targets.map((target, k) => {
    let total = 0;
    for (let i = k; i < y.length; i += width) total += y[i]!;
    const mean = total / rows;
    let squares = 0;
    let absolute = 0;
    let spread = 0;
    for (let i = k; i < y.length; i += width) {
      const error = y[i]! - yHat[i]!;
      squares += error * error;
      absolute += Math.abs(error);
      spread += (y[i]! - mean) ** 2;
    }
    return {
      target,
      rmse: Math.sqrt(squares / rows),
      mae: absolute / rows,
      r2: spread === 0 ? null : 1 - squares / spread,
    };
  });
}

/** A line a target. */
export function targetsText(figures: readonly TargetFigures[]): string {
  return renderTable(
    ['target', 'RMSE', 'MAE', 'R²'],
    figures.map(({ target, rmse, mae, r2 }) => [
      target,
      formatFigure(rmse),
      formatFigure(mae),
      r2 === null ? '–' : r2.toFixed(4),
    ]),
  );
}
