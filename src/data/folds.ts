/**
 * Divides rows into folds for cross-validation: each fold is judged once, by a model trained on all the
 * others. A seeded, stratified draw; a pure function of (labels, folds, seed).
 */

import { usageError } from '../errors.js';
import { orderByKey } from '../keyed-order.js';
import { option } from '../option-names.js';
import { Random } from '../random.js';
import { type Dataset, rowNumber } from './dataset.js';
import { dealLabels } from './deal-labels.js';
import type { Split } from './split.js';

/** Data divided into folds. The rows are stored once; those of a fold are produced on request. */
export interface Folds {
  readonly count: number;
  /** The validation rows of fold i, from 0, and the other rows for training, both in file order. */
  fold(i: number): { train: Dataset; validation: Dataset };
}

/**
 * Fold of each of the positions 0 … rows − 1. The positions are sorted by class, in order of the classes' first
 * occurrence, within a class by key, and dealt out one by one, so that folds have as many rows, and as many of each
 * class, as in scikit-learn's KFold and StratifiedKFold.
 *
 * @param whole returns all rows, to name a class in a message
 * @param labels class of each position, or (rows, labels) of 0 and 1 to stratify by labels; null if there are
 * none
 * @throws usage if there are fewer rows, or rows of a class, than folds
 */
export function dealFolds(
  rows: number,
  labels: ArrayLike<number> | null,
  folds: number,
  seed: number,
  whole: (() => Dataset) | null = null,
): Uint32Array {
  const isLabelled = labels !== null && labels.length > rows;
  const classes = isLabelled ? null : labels;
  const byClass = new Map<number, number[]>();
  // In file order, which numbers the classes.
  for (let i = 0; i < rows; i++) byClass.set(classes ? classes[i]! : 0, []);
  const order = orderByKey(rows, new Random(seed, 'folds'));
  for (const position of order) byClass.get(classes ? classes[position]! : 0)!.push(position);
  checkFolds(byClass, folds, classes && whole);
  if (isLabelled) return dealLabels(labels, order, sizesOf(rows, folds));
  const fold = new Uint32Array(rows);
  [...byClass.values()].flat().forEach((position, i) => {
    fold[position] = i % folds;
  });
  return fold;
}

/** @throws usage if there are too few rows, or too few of a class, for this number of folds */
function checkFolds(
  byClass: ReadonlyMap<number, readonly number[]>,
  folds: number,
  whole: (() => Dataset) | null,
): void {
  if (folds < 2)
    throw usageError(`${option('folds')}: expected 2 or more, got ${folds}.`, `Try ${option('folds', 5)}.`);
  const [[label, positions]] = [...byClass].sort(([, a], [, b]) => a.length - b.length) as [
    [number, readonly number[]],
  ];
  const least = positions.length;
  if (folds <= least) return;
  const what = byClass.size === 1 ? 'the data' : `class ${nameOf(label, whole)}`;
  const which = byClass.size === 1 ? '' : numbersOf(positions, whole);
  throw usageError(
    `${option('folds', folds)}: ${what} has ${least === 1 ? 'one row' : `${least} rows`}${which}, and each fold needs one.`,
    least >= 2
      ? `Try ${option('folds', Math.min(5, least))}.`
      : `Leave out such rows with ${option('query')}, or add more like them.`,
  );
}

function nameOf(label: number, whole: (() => Dataset) | null): string {
  return JSON.stringify(whole?.().encoding.classes[label] ?? String(label));
}

/** Largest number of rows named in a message. */
const MOST_NAMED = 4;

function numbersOf(positions: readonly number[], whole: (() => Dataset) | null): string {
  if (whole === null || positions.length > MOST_NAMED) return '';
  const data = whole();
  const numbers = [...positions].sort((a, b) => a - b).map(position => rowNumber(data, position));
  return ` (${numbers.length === 1 ? 'row' : 'rows'} ${numbers.join(', ')})`;
}

/** Sizes that differ by at most one, larger ones first. */
function sizesOf(rows: number, folds: number): number[] {
  return Array.from({ length: folds }, (_, i) => Math.floor(rows / folds) + Number(i < rows % folds));
}

/** The positions of one fold, and all others. */
export function splitFold(foldOf: Uint32Array, fold: number): Split {
  const positions = foldOf.map((_, i) => i);
  return {
    train: positions.filter(i => foldOf[i] !== fold),
    validation: positions.filter(i => foldOf[i] === fold),
  };
}
