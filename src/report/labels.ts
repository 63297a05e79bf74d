/**
 * Figures of each label in a multilabel task. Each row counts by its weight. Pure functions on plain arrays
 * of shape (rows, labels).
 */
import { CLASS_FIGURES, type Weights } from '../judge/scores/classes.js';
import { countLabels } from '../judge/scores/labels.js';
import { formatPercent, formatRows, orDash } from './format.js';
import { renderTable } from './table.js';

/** Figures of one label; null if the denominator is 0. */
export interface LabelFigures {
  label: string;
  /** Name of class 1, to which precision, recall and F1 refer. */
  positive: string;
  /** Share of all rows whose class was predicted correctly. */
  accuracy: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  /** Rows of class 1, or their total weight. */
  positives: number;
}

/** Counts, for each label, predictions above ½ as class 1. */
export function labelFigures(
  y: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { targets, labelClasses }: { targets: readonly string[]; labelClasses?: readonly (readonly string[])[] },
  weights?: Weights,
): LabelFigures[] {
  const rows = weights ? Array.from(weights).reduce((sum, one) => sum + one, 0) : y.length / targets.length;
  return countLabels(y, probabilities, targets.length, weights).map((counts, k) => {
    const { right, taken, support } = counts;
    return {
      label: targets[k]!,
      positive: labelClasses?.[k]?.[1] ?? '1',
      accuracy: (rows - taken - support + 2 * right) / rows,
      precision: CLASS_FIGURES.precision(counts),
      recall: CLASS_FIGURES.recall(counts),
      f1: CLASS_FIGURES.f1(counts),
      positives: support,
    };
  });
}

export const LABEL_HEADS = ['label', 'positive', 'accuracy', 'precision', 'recall', 'F1', 'positives'];

export function labelCells(figures: LabelFigures): string[] {
  const { label, positive, accuracy, precision, recall, f1, positives } = figures;
  const parts = [accuracy, precision, recall, f1].map(part => orDash(part, formatPercent));
  return [label, positive, ...parts, formatRows(positives)];
}

/** A table with one line for each label. */
export function labelsText(figures: readonly LabelFigures[]): string {
  return renderTable(LABEL_HEADS, figures.map(labelCells));
}
