/** How good predictions are, as text and as plain data. Pure functions. */
import type { Judgement } from '../train/types.js';
import { formatFigure, formatPercent } from './format.js';

/** loss 0.1234, accuracy 96.50 % */
export function judgementText({ loss, accuracy, rmse }: Judgement): string {
  const parts = [`loss ${formatFigure(loss)}`];
  if (accuracy !== null) parts.push(`accuracy ${formatPercent(accuracy)}`);
  if (rmse !== null) parts.push(`rmse ${formatFigure(rmse)}`);
  return parts.join(', ');
}

/** The figures that there are: loss, and accuracy or rmse. */
export function judgementData({ loss, accuracy, rmse }: Judgement): Record<string, number> {
  return {
    loss,
    ...(accuracy === null ? {} : { accuracy }),
    ...(rmse === null ? {} : { rmse }),
  };
}
