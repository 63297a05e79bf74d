/** Predicted against true classes, and what follows for each class. Pure functions on plain arrays. */
import { CLASS_FIGURES, type Weights, weightOf } from '../judge/scores/classes.js';
import { formatPercent, formatRows } from './format.js';
import { renderTable } from './table.js';

/** counts[t][p]: rows of class t that were taken for class p, or what they weigh. */
export type Confusion = number[][];

/** The figures of one class; null where there is nothing to divide by. */
export interface ClassFigures {
  class: string;
  /** Of the rows taken for this class, the part that is of it. */
  precision: number | null;
  /** Of the rows of this class, the part taken for it. */
  recall: number | null;
  /** 2 / (1/precision + 1/recall) */
  f1: number | null;
  /** Rows of this class, or what they weigh. */
  support: number;
}

/** The class of every row: the most probable one, the first of equals; for one output, 1 above ½. */
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

/** Counts rows by true and predicted class, each as often as its weight says. */
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

/** Precision, recall, F1 and support of each class. */
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

/** A matrix wider than this is no longer read by anybody. */
const MOST_CLASSES_SHOWN = 20;

/** The matrix, true classes downwards; a sentence instead where it would be too wide. */
export function confusionText(confusion: Confusion, names: readonly string[]): string {
  if (names.length > MOST_CLASSES_SHOWN) return `confusion matrix: ${names.length} classes; see --json`;
  const rows = confusion.map((row, k) => [shorten(names[k]!), ...row.map(formatRows)]);
  return renderTable(['true \\ predicted', ...names.map(shorten)], rows);
}

/** The figures of each class, a line each. */
export function figuresText(figures: readonly ClassFigures[]): string {
  return renderTable(
    ['class', 'precision', 'recall', 'F1', 'support'],
    figures.map(({ class: name, precision, recall, f1, support }) => [
      shorten(name),
      ...[precision, recall, f1].map(part => (part === null ? '–' : formatPercent(part))),
      formatRows(support),
    ]),
  );
}

function shorten(name: string): string {
  return name.length > 20 ? `${name.slice(0, 19)}…` : name;
}
