/** Confusion matrix and the figures of each class. Pure functions on plain arrays. */

import { CLASS_FIGURES, type Weights, weightOf } from '../judge/scores/classes.js';
import { option } from '../option-names.js';
import { formatPercent, formatRows, orDash, shorten } from './format.js';
import { renderTable } from './table.js';

/** counts[t][p]: rows of class t that were predicted as class p, or their total weight. */
export type Confusion = number[][];

/** Figures of one class; null if the denominator is 0. */
interface ClassFigures {
  class: string;
  /** Share of the rows predicted as this class that belong to it. */
  precision: number | null;
  /** Share of this class's rows that were predicted as it. */
  recall: number | null;
  /** 2 / (1/precision + 1/recall) */
  f1: number | null;
  /** Rows of this class, or their total weight. */
  support: number;
}

/**
 * Predicted class of each row: the most probable one, the first if several tie; with one output, class 1
 * above ½.
 */
export function classesOf(probabilities: ArrayLike<number>, outputs: number): Int32Array {
  if (outputs === 1) return Int32Array.from(probabilities, p => (p > 0.5 ? 1 : 0));
  return Int32Array.from({ length: probabilities.length / outputs }, (_, row) => {
    let best = 0;
    for (let k = 1; k < outputs; k++) {
      if (probabilities[row * outputs + k]! > probabilities[row * outputs + best]!) best = k;
    }
    return best;
  });
}

/** Counts rows by true and predicted class, each row multiplied by its weight. */
export function countConfusion(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  weights?: Weights,
): Confusion {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < truth.length; row++)
    counts[truth[row]!]![predicted[row]!]! += weightOf(weights, row);
  return counts;
}

export function figuresOf(confusion: Confusion, names: readonly string[]): ClassFigures[] {
  return names.map((name, k) => {
    const right = confusion[k]![k]!;
    const support = confusion[k]!.reduce((sum, count) => sum + count, 0);
    const taken = confusion.reduce((sum, row) => sum + row[k]!, 0);
    const counts = { right, taken, support };
    const { precision, recall, f1 } = CLASS_FIGURES;
    return { class: name, precision: precision(counts), recall: recall(counts), f1: f1(counts), support };
  });
}

/** A wider matrix is no longer readable. */
const MOST_CLASSES_SHOWN = 20;
const LONGEST_NAME = 20;

/** The matrix with a row for each true class, or a sentence if it would be too wide. */
export function confusionText(confusion: Confusion, names: readonly string[]): string {
  if (names.length > MOST_CLASSES_SHOWN)
    return `confusion matrix: ${names.length} classes, too many to show; ${option('json')} has it`;
  const rows = confusion.map((row, k) => [shorten(names[k]!, LONGEST_NAME), ...row.map(formatRows)]);
  return renderTable(['true \\ predicted', ...names.map(name => shorten(name, LONGEST_NAME))], rows);
}

export const CLASS_HEADS = ['class', 'precision', 'recall', 'F1', 'support'];

export function classCells({ class: name, precision, recall, f1, support }: ClassFigures): string[] {
  return [name, ...[precision, recall, f1].map(part => orDash(part, formatPercent)), formatRows(support)];
}

/** A table with one line for each class. */
export function figuresText(figures: readonly ClassFigures[]): string {
  const short = figures.map(one => ({ ...one, class: shorten(one.class, LONGEST_NAME) }));
  return renderTable(CLASS_HEADS, short.map(classCells));
}
