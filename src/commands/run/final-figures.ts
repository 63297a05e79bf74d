/**
 * The metrics of a run's model on the validation rows, computed once, at the end of the run: from predictions in float64, as
 * `evaluate` does, with the figures of each class or label.
 */
import type { Dataset } from '../../data/dataset.js';
import type { Judgement } from '../../model/judgement.js';
import type { Network } from '../../model/network.js';
import { type Confusion, classesOf, countConfusion } from '../../report/confusion.js';
import { type LabelFigures, labelFigures } from '../../report/labels.js';
import { type Pictures, picturesOf } from '../../report/pictures.js';
import type { Plain } from '../../store/run-files.js';
import { evaluate } from '../../train/jobs/evaluate.js';
import type { TrainOptions } from '../../train/options.js';

/** A confusion matrix with more classes would take megabytes that nobody reads. */
const MOST_CLASSES = 200;

/** What the summary has in addition to the metrics. */
export interface Detail {
  /** The confusion matrix; null if there are no validation rows, or no classes. */
  confusion: { classes: string[]; counts: Confusion } | null;
  labels?: LabelFigures[];
}

/** The metrics of the model, null without validation rows, their detail, and what the page draws of them. */
export async function finalFigures(
  { network, weights }: { network: Network; weights: Float32Array },
  rows: Dataset | null,
  options: TrainOptions & { metrics: readonly string[] },
): Promise<{ validation: Judgement | null; detail: Detail; pictures: Pictures }> {
  if (!rows) return { validation: null, detail: { confusion: null }, pictures: {} };
  const { loss, accuracy, rmse, metrics, predictions } = await evaluate(network, weights, rows, options);
  const validation = { loss, accuracy, rmse, ...(metrics && { metrics }) };
  return { validation, detail: detailOf(rows, predictions), pictures: picturesOf(rows, predictions) };
}

/** What a command prints of a summary: what run folders have beyond it is for their pages. */
export function withoutDetail(summary: Plain): Plain {
  const { confusion: _, labels: __, ...printed } = summary;
  return printed;
}

function detailOf(rows: Dataset, predictions: Float64Array): Detail {
  if (rows.task === 'multilabel') return { confusion: null, labels: labelsOf(rows, predictions) };
  const { classes } = rows.encoding;
  if (classes.length === 0 || classes.length > MOST_CLASSES) return { confusion: null };
  return { confusion: { classes: [...classes], counts: confusionOf(rows, predictions) } };
}

/** The confusion matrix of predictions, in which each row counts with its weight. */
export function confusionOf(rows: Dataset, predictions: Float64Array): Confusion {
  const { y, outputs, encoding, weights, exactWeights = weights } = rows;
  return countConfusion(y, classesOf(predictions, outputs), encoding.classes.length, exactWeights);
}

/** The figures of each label, in which each row counts with its weight. */
export function labelsOf(rows: Dataset, predictions: Float64Array): LabelFigures[] {
  const { y, encoding, weights, exactWeights = weights } = rows;
  return labelFigures(y, predictions, encoding, exactWeights);
}
