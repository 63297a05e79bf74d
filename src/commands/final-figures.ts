/** The figures of each class or label of a run's validation rows, taken once, when the run has come to its end. */
import type { Dataset } from '../data/dataset.js';
import type { Network } from '../model/network.js';
import { type Confusion, classesOf, countConfusion } from '../report/confusion.js';
import { type LabelFigures, labelFigures } from '../report/labels.js';
import { evaluate } from '../train/evaluate.js';
import type { TrainOptions } from '../train/options.js';
import type { TrainResult } from '../train/reports.js';

/** More classes than these make a file of many megabytes that nobody reads. */
const MOST_CLASSES = 200;

export interface FinalFigures {
  confusion: { classes: string[]; counts: Confusion } | null;
  labels?: LabelFigures[];
}

/** The confusion matrix, null where there are no validation rows or no classes, or the run was to end at once; or labels. */
export async function finalFigures(
  network: Network,
  { weights, stopped }: Pick<TrainResult, 'weights' | 'stopped'>,
  validation: Dataset | null,
  options: TrainOptions,
): Promise<FinalFigures> {
  if (!validation || stopped === 'aborted') return { confusion: null };
  const { task, y, outputs, encoding, weights: rowWeights } = validation;
  const { classes } = encoding;
  const hasConfusion = classes.length > 0 && classes.length <= MOST_CLASSES;
  if (!hasConfusion && task !== 'multilabel') return { confusion: null };
  const { predictions } = await evaluate(network, weights, validation, { ...options, metrics: [] });
  if (!hasConfusion) return { confusion: null, labels: labelFigures(y, predictions, encoding, rowWeights) };
  const counts = countConfusion(y, classesOf(predictions, outputs), classes.length, rowWeights);
  return { confusion: { classes: [...classes], counts } };
}
