/** The confusion matrix of a run's validation rows, taken once, when the run has come to its end. */
import type { Dataset } from '../data/dataset.js';
import type { Network } from '../model/network.js';
import { type Confusion, classesOf, countConfusion } from '../report/confusion.js';
import { evaluate } from '../train/evaluate.js';
import type { TrainOptions } from '../train/options.js';
import type { TrainResult } from '../train/reports.js';

/** More classes than these make a file of many megabytes that nobody reads. */
const MOST_CLASSES = 200;

/** null where there are no validation rows or no classes, or the run was to end at once. */
export async function finalConfusion(
  network: Network,
  { weights, stopped }: Pick<TrainResult, 'weights' | 'stopped'>,
  validation: Dataset | null,
  options: TrainOptions,
): Promise<{ classes: string[]; counts: Confusion } | null> {
  const classes = validation?.encoding.classes ?? [];
  if (!validation || classes.length === 0 || classes.length > MOST_CLASSES || stopped === 'aborted')
    return null;
  const { predictions } = await evaluate(network, weights, validation, { ...options, metrics: [] });
  return {
    classes: [...classes],
    counts: countConfusion(validation.y, classesOf(predictions, validation.outputs), classes.length),
  };
}
