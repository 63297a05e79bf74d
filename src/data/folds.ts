/**
 * Rows dealt into folds for cross-validation: each fold is judged once by what was learnt from all others. A seeded
 * draw, each class in proportion; a pure function of (labels, folds, seed).
 */
import { usageError } from '../errors.js';
import { Random } from '../random.js';
import type { Dataset } from './dataset.js';
import { dealLabels } from './deal-labels.js';
import type { Split } from './split.js';

/** Data to be cut into folds. It is kept once; a fold's rows are made as they are asked for. */
export interface Folds {
  readonly count: number;
  /** What fold i, from 0, is judged by, and the other rows to learn from; each in the order of the file. */
  fold(i: number): { train: Dataset; validation: Dataset };
}

/**
 * The fold of each of the positions 0 … rows − 1. In a random order they are sorted by class, classes in the order in
 * which they first occur, and dealt out one by one: scikit-learn's StratifiedKFold has as many rows of each class in
 * each fold, its KFold as many rows.
 *
 * @param labels the class of each position, or (rows, labels) of 0 and 1, each label in proportion; null where there are none
 * @throws usage where there are fewer rows, or rows of a class, than folds
 */
export function dealFolds(
  rows: number,
  labels: ArrayLike<number> | null,
  folds: number,
  seed: number,
): Uint32Array {
  const isLabelled = labels !== null && labels.length > rows;
  const classes = isLabelled ? null : labels;
  const byClass = new Map<number, number[]>();
  // Before the shuffle, as it is the order of the file that numbers the classes.
  for (let i = 0; i < rows; i++) byClass.set(classes ? classes[i]! : 0, []);
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  new Random(seed, 'folds').shuffle(order);
  for (const position of order) byClass.get(classes ? classes[position]! : 0)!.push(position);
  const least = Math.min(...[...byClass.values()].map(positions => positions.length));
  if (!(folds >= 2 && folds <= least)) {
    const what = classes ? 'the rows of the smallest class' : 'the rows';
    throw usageError(
      `--folds: expected 2 to ${least} (${what}), got ${folds}.`,
      least < 2 ? 'Leave it out.' : `Try --folds ${Math.min(5, least)}.`,
    );
  }
  if (isLabelled) return dealLabels(labels, order, sizesOf(rows, folds));
  const fold = new Uint32Array(rows);
  [...byClass.values()].flat().forEach((position, i) => {
    fold[position] = i % folds;
  });
  return fold;
}

/** As equal as can be, the larger ones first. */
function sizesOf(rows: number, folds: number): number[] {
  return Array.from({ length: folds }, (_, i) => Math.floor(rows / folds) + Number(i < rows % folds));
}

/** The positions of one fold, and of all others. */
export function splitFold(foldOf: Uint32Array, fold: number): Split {
  const positions = foldOf.map((_, i) => i);
  return {
    train: positions.filter(i => foldOf[i] !== fold),
    validation: positions.filter(i => foldOf[i] === fold),
  };
}
