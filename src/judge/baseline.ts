/**
 * Quality of the simplest prediction on the validation rows: for every row the mean of the training targets,
 * or the most frequent training class. A model that does not beat it has learnt nothing useful. Reads the
 * data once more.
 */
import type { Dataset } from '../data/dataset.js';
import { truthOf } from '../data/reconstruction.js';
import { scanRows } from '../data/scan.js';
import type { Judgement } from '../model/judgement.js';
import { ExactSum } from './exact-sum.js';
import { unitOf, unitsOf } from './judge.js';
import { sum } from './total-weights.js';

export interface Baseline {
  figure: 'rmse' | 'accuracy';
  /** Figure on the validation rows, weighted by their weights; NaN if all weights are 0. */
  value: number;
  /** The class that is always predicted; null for numbers and labels. */
  answer: string | null;
}

/** Baseline of the training rows, evaluated on the validation rows. */
export function baselineOf(data: Dataset, validation: Dataset): Baseline {
  if (data.task !== 'regression') return majorityOf(data, validation);
  const means = meansOf(data);
  const { outputs } = validation;
  const squares = new ExactSum();
  // Transformed targets are compared in their own units, others in those of the training, which all have in common.
  const isTransformed = validation.encoding.targetTransforms !== undefined;
  const units = isTransformed ? unitsOf(validation) : validation.encoding.targetScales.map(() => 1);
  const weight = forEachTarget(validation, (values, at, v) => {
    for (let k = 0; k < outputs; k++) {
      const error = (values[at + k]! - means[k]!) / (units[k] ?? 1);
      squares.add(v * (error * error));
    }
  });
  const value = (isTransformed ? 1 : unitOf(validation)) * Math.sqrt(squares.value / (weight * outputs));
  return { figure: 'rmse', value, answer: null };
}

/** Whether a figure fails to beat the baseline; false if the baseline cannot be beaten. */
export function isNoBetter(judgement: Judgement, { figure, value }: Baseline): boolean {
  const judged = judgement[figure];
  if (judged === null) return false;
  return figure === 'rmse' ? value > 0 && judged > value : judged < 1 && judged <= value;
}

/** Whether a figure beats the baseline; null if the baseline cannot be beaten, or if either is unknown. */
export function isBetter(judgement: Judgement, { figure, value }: Baseline): boolean | null {
  const judged = judgement[figure];
  const best = figure === 'rmse' ? 0 : 1;
  if (judged === null || Number.isNaN(judged) || Number.isNaN(value) || value === best) return null;
  return figure === 'rmse' ? judged < value : judged > value;
}

/** Weighted mean of each output of a regression. */
function meansOf(data: Dataset): Float64Array {
  const sums = Array.from({ length: data.outputs }, () => new ExactSum());
  const weight = forEachTarget(data, (values, at, v) => {
    for (let k = 0; k < sums.length; k++) sums[k]!.add(v * values[at + k]!);
  });
  return Float64Array.from(sums, ({ value }) => value / weight);
}

/**
 * Calls `visit` with the targets and the weight of each row, in the units used for training, or in their own if they are
 * transformed. Returns the sum of the weights.
 */
function forEachTarget(
  data: Dataset,
  visit: (values: ArrayLike<number>, at: number, weight: number) => void,
): number {
  const { rows, outputs, weights, encoding } = data;
  const y = encoding.targetTransforms ? truthOf(data) : data.y;
  const total = new ExactSum();
  const visitRow = (values: ArrayLike<number>, at: number, row: number) => {
    const weight = weights?.[row] ?? 1;
    total.add(weight);
    visit(values, at, weight);
  };
  if (encoding.targetIsInput) scanRows(data, visitRow);
  else for (let row = 0; row < rows; row++) visitRow(y, row * outputs, row);
  return total.value;
}

/** For classes, the most frequent one; for labels, the more frequent value of each. */
function majorityOf(data: Dataset, validation: Dataset): Baseline {
  const labels = data.task === 'multilabel' ? data.outputs : 1;
  const kinds = data.task === 'multiclass' ? data.outputs : 2;
  const before = countValues(data, labels, kinds);
  const now = countValues(validation, labels, kinds);
  const answers = before.map(counts => counts.indexOf(Math.max(...counts)));
  const right = sum(answers.map((answer, k) => now[k]![answer]!));
  const value = right / sum(now.flat());
  const answer = labels === 1 ? (data.encoding.classes[answers[0]!] ?? null) : null;
  return { figure: 'accuracy', value, answer };
}

/** Total weight of each class, in one list per label. */
function countValues({ y, rows, weights }: Dataset, labels: number, kinds: number): number[][] {
  const counts = Array.from({ length: labels }, () => Array.from({ length: kinds }, () => new ExactSum()));
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    for (let k = 0; k < labels; k++) counts[k]![y[row * labels + k]!]!.add(weight);
  }
  return counts.map(ofLabel => ofLabel.map(({ value }) => value));
}
