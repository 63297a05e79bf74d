/**
 * How well each label of a multilabel task is told. A row counts as often as its weight says. Pure functions on plain
 * arrays (rows, labels).
 */
import { CLASS_FIGURES, type Weights } from '../judge/scores/classes.js';
import { countLabels } from '../judge/scores/labels.js';
import { formatPercent, formatRows } from './format.js';
import { renderTable } from './table.js';

/** Of one label; null where there is nothing to divide by. */
export interface LabelFigures {
  label: string;
  /** The name of class 1, which precision, recall and F1 are of. */
  positive: string;
  /** Of all rows, the part whose class is told right. */
  accuracy: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  /** Rows of class 1, or what they weigh. */
  positives: number;
}

/** A label counts as there above ½. */
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

/** The cells of one label. */
export function labelCells(figures: LabelFigures): string[] {
  const { label, positive, accuracy, precision, recall, f1, positives } = figures;
  const parts = [accuracy, precision, recall, f1];
  return [
    ...[label, positive],
    ...parts.map(part => (part === null ? '–' : formatPercent(part))),
    formatRows(positives),
  ];
}

/** A line a label. */
export function labelsText(figures: readonly LabelFigures[]): string {
  return renderTable(LABEL_HEADS, figures.map(labelCells));
}
