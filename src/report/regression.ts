/** Errors of each regression target. Pure functions on plain data. */
import type { TargetErrors } from '../judge/scores/errors.js';
import { formatFigure, orDash } from './format.js';
import { renderTable } from './table.js';

/** Figures of one target, in its original units. */
export interface TargetFigures extends TargetErrors {
  target: string;
}

/** Adds each target's name to its errors. */
export function targetFigures(errors: readonly TargetErrors[], targets: readonly string[]): TargetFigures[] {
  return errors.map((one, k) => ({ target: targets[k]!, ...one }));
}

/** A table with one line for each target. */
export function targetsText(figures: readonly TargetFigures[]): string {
  return renderTable(
    ['target', 'RMSE', 'MAE', 'R²'],
    figures.map(({ target, rmse, mae, r2 }) => [
      target,
      formatFigure(rmse),
      formatFigure(mae),
      orDash(r2, value => value.toFixed(4)),
    ]),
  );
}
