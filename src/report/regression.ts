/** Predicted against true values, for each target. Pure functions on plain data. */
import type { TargetErrors } from '../judge/scores/errors.js';
import { formatFigure } from './format.js';
import { renderTable } from './table.js';

/** The figures of one target, in its own units. */
export interface TargetFigures extends TargetErrors {
  target: string;
}

/** The errors of each target beside its name. */
export function targetFigures(errors: readonly TargetErrors[], targets: readonly string[]): TargetFigures[] {
  return errors.map((one, k) => ({ target: targets[k]!, ...one }));
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
