/** Predicted against true values, for each target. Pure functions on plain arrays. */
import type { Weights } from '../train/scores/classes.js';
import { errorsOf, type TargetErrors } from '../train/scores/errors.js';
import { formatFigure } from './format.js';
import { renderTable } from './table.js';

/** The figures of one target, in its own units. */
export interface TargetFigures extends TargetErrors {
  target: string;
}

/** y, yHat: (rows, targets). A row counts as often as its weight says. */
export function targetFigures(
  y: ArrayLike<number>,
  yHat: ArrayLike<number>,
  targets: readonly string[],
  weights?: Weights,
): TargetFigures[] {
  return errorsOf(y, yHat, targets.length, weights).map((errors, k) => ({ target: targets[k]!, ...errors }));
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
