/** Figures of a judgement as text and as plain data. Pure functions. */
import type { Judgement } from '../model/judgement.js';
import { formatMetric } from './metric.js';

/** loss 0.1234, accuracy 96.50 %, auc 0.9812 */
export function judgementText(judgement: Judgement): string {
  return Object.entries(judgementData(judgement))
    .map(([name, value]) => `${name} ${value === null ? 'undefined' : formatMetric(name, value)}`)
    .join(', ');
}

/**
 * All figures that apply to the task: loss, accuracy or rmse, and the requested metrics; null if one is
 * undefined.
 */
export function judgementData({ loss, accuracy, rmse, metrics }: Judgement): Record<string, number | null> {
  return {
    loss,
    ...(accuracy === null ? {} : { accuracy }),
    ...(rmse === null ? {} : { rmse }),
    ...metrics,
  };
}
