/**
 * How good a run's model is on its validation rows, taken once, when the run has come to its end: from its predictions in
 * float64, as `evaluate` does, with the figures of each class or label.
 */
import type { Dataset } from '../../data/dataset.js';
import type { Judgement } from '../../model/judgement.js';
import type { Network } from '../../model/network.js';
import { type Confusion, classesOf, countConfusion } from '../../report/confusion.js';
import { type LabelFigures, labelFigures } from '../../report/labels.js';
import { evaluate } from '../../train/jobs/evaluate.js';
import type { TrainOptions } from '../../train/options.js';

/** More classes than these make a file of many megabytes that nobody reads. */
const MOST_CLASSES = 200;

/** What the summary has beside the judgement. */
export interface Detail {
  /** The confusion matrix; null if there are no validation rows, or no classes. */
  confusion: { classes: string[]; counts: Confusion } | null;
  labels?: LabelFigures[];
}

/** The judgement of the model, with the metrics of the options, null without validation rows; and its detail. */
export async function finalFigures(
  { network, weights }: { network: Network; weights: Float32Array },
  rows: Dataset | null,
  options: TrainOptions & { metrics: readonly string[] },
): Promise<{ validation: Judgement | null; detail: Detail }> {
  if (!rows) return { validation: null, detail: { confusion: null } };
  const { loss, accuracy, rmse, metrics, predictions } = await evaluate(network, weights, rows, options);
  const validation = { loss, accuracy, rmse, ...(metrics && { metrics }) };
  return { validation, detail: detailOf(rows, predictions) };
}

function detailOf(rows: Dataset, predictions: Float64Array): Detail {
  const { task, y, outputs, encoding, weights, exactWeights = weights } = rows;
  const { classes } = encoding;
  if (task === 'multilabel') {
    return { confusion: null, labels: labelFigures(y, predictions, encoding, exactWeights) };
  }
  if (classes.length === 0 || classes.length > MOST_CLASSES) return { confusion: null };
  const counts = countConfusion(y, classesOf(predictions, outputs), classes.length, exactWeights);
  return { confusion: { classes: [...classes], counts } };
}
