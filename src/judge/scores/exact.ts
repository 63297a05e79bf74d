/**
 * Judges available predictions: every figure except the loss is computed from them in float64, so that
 * figures and tables agree. During training, score.ts uses the workers' sums instead.
 */
import type { Dataset } from '../../data/dataset.js';
import type { Judgement } from '../../model/judgement.js';
import { scoredOf } from '../metrics.js';
import { type ClassCounts, countPositives, topShares, weightOf } from './classes.js';
import { errorsOfTargets, type TargetErrors } from './errors.js';
import { type Known, knownOf } from './known.js';
import { countLabels } from './labels.js';
import { pickFigures, scoreRows } from './score.js';

/** A judgement with the errors that a regression's figures are based on. */
export interface ExactJudgement extends Judgement {
  /** Errors of each target in its original unit; null for classes. */
  targets: TargetErrors[] | null;
}

/**
 * Judges predictions on rows with known targets.
 *
 * @param loss E, as summed by the workers
 * @param yHat ŷ (rows, outputs): probabilities, or values in the targets' original units
 */
export async function judgePredictions(
  loss: number,
  data: Dataset,
  metrics: readonly string[] | undefined,
  yHat: Float64Array,
): Promise<ExactJudgement> {
  const known = knownOf(data);
  const names = scoredOf(metrics);
  if (known.task === 'regression') {
    const { targets, overall } = errorsOfTargets(known, yHat);
    const figures = names.length > 0 && { metrics: pickFigures(names, overall) };
    return { loss, accuracy: null, rmse: overall.rmse, ...figures, targets };
  }
  const figures = names.length > 0 && { metrics: await scoreRows(names, known, yHat) };
  return { loss, accuracy: accuracyOf(known, yHat), rmse: null, ...figures, targets: null };
}

/** Share of the rows, or of all their labels, that are correct. */
function accuracyOf({ task, y, outputs, weights }: Known, yHat: Float64Array): number {
  if (task === 'multiclass') return topShares(y, yHat, outputs, [1], weights)[0]!;
  const labels =
    task === 'multilabel' ? countLabels(y, yHat, outputs, weights) : [countPositives(y, yHat, weights)];
  let total = 0;
  for (let row = 0; row < y.length / outputs; row++) total += weightOf(weights, row);
  const right = ({ right, taken, support }: ClassCounts) => total - taken - support + 2 * right;
  return labels.reduce((sum, counts) => sum + right(counts), 0) / (total * labels.length);
}
