/** Figures of metrics as people read them. Pure functions. */
import { topOf } from '../model/metric.js';
import { formatFigure, formatPercent } from './format.js';

const SHARES: ReadonlySet<string> = new Set(['accuracy', 'subset-accuracy', 'precision', 'recall', 'f1']);
const TITLES: Readonly<Record<string, string>> = { rmse: 'RMSE', mae: 'MAE', r2: 'R²', auc: 'AUC', f1: 'F1' };

/** Whether a metric's figures are read in percent. */
export function isShare(name: string): boolean {
  return SHARES.has(name) || topOf(name) !== undefined;
}

/** 97.82 % of accuracy and its kin, 0.9812 of AUC and R², 0.04123 of others. */
export function formatMetric(name: string, value: number): string {
  if (isShare(name)) return formatPercent(value);
  return name === 'auc' || name === 'r2' ? value.toFixed(4) : formatFigure(value);
}

/** As it stands within a sentence. */
export function nameOfMetric(name: string): string {
  return TITLES[name] ?? name;
}

/** As it stands above a chart. */
export function titleOfMetric(name: string): string {
  return TITLES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}
