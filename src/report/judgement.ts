/** How good predictions are, as text and as plain data. Pure functions. */
import type { Judgement } from '../model/judgement.js';
import { formatMetric } from './metric.js';

/** loss 0.1234, accuracy 96.50 %, auc 0.9812 */
export function judgementText(judgement: Judgement): string {
  return Object.entries(judgementData(judgement))
    .map(([name, value]) => `${name} ${value === null ? 'undefined' : formatMetric(name, value)}`)
    .join(', ');
}

/** The figures that there are: loss, accuracy or rmse, and what else was asked for; null where one is undefined. */
export function judgementData({ loss, accuracy, rmse, metrics }: Judgement): Record<string, number | null> {
  return {
    loss,
    ...(accuracy === null ? {} : { accuracy }),
    ...(rmse === null ? {} : { rmse }),
    ...metrics,
  };
}
