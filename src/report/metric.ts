/** Formats metrics for people. Pure functions. */
import { topOf } from '../model/metric.js';
import { formatFigure, formatPercent } from './format.js';

const SHARES: ReadonlySet<string> = new Set(['accuracy', 'subset-accuracy', 'precision', 'recall', 'f1']);
const TITLES: Readonly<Record<string, string>> = { rmse: 'RMSE', mae: 'MAE', r2: 'R²', auc: 'AUC', f1: 'F1' };

/** Whether the metric is shown as a percentage. */
export function isShare(name: string): boolean {
  return SHARES.has(name) || topOf(name) !== undefined;
}

/** 97.82 % for accuracy and similar metrics, 0.9812 for AUC and R², 0.04123 for others. */
export function formatMetric(name: string, value: number): string {
  if (isShare(name)) return formatPercent(value);
  return name === 'auc' || name === 'r2' ? value.toFixed(4) : formatFigure(value);
}

/** Name within a sentence. */
export function nameOfMetric(name: string): string {
  return TITLES[name] ?? name;
}

/** Name as a chart title. */
export function titleOfMetric(name: string): string {
  return TITLES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}
