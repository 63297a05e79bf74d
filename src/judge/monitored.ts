/** The figure that the epochs of a training are held against each other by: its name, and of which rows it is. */
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { Judgement } from '../model/judgement.js';
import { checkMetrics, isAlways, metricOf } from './metrics.js';

const TRAINING = 'training-';

/** An epoch's judgements. */
export interface Judged {
  training: Judgement;
  validation: Judgement | null;
}

/** A metric's name alone is of the validation rows, and after `training-` of the rows that are trained on. */
export function metricNameOf(figure: string): string {
  return isOfTraining(figure) ? figure.slice(TRAINING.length) : figure;
}

export function isOfTraining(figure: string): boolean {
  return figure.startsWith(TRAINING);
}

/** The value of such a figure; not a number where it is not defined on these rows. */
export function figureValue(figure: string, { training, validation }: Judged): number {
  const judgement = isOfTraining(figure) ? training : validation;
  return (judgement && metricOf(judgement, metricNameOf(figure))) ?? Number.NaN;
}

/** validation loss, training accuracy. */
export function figureText(figure: string): string {
  return `${isOfTraining(figure) ? 'training' : 'validation'} ${metricNameOf(figure)}`;
}

/**
 * Holds a figure against the rows that there are.
 * @param option that asks for it, for messages
 * @throws usage where there is no such figure, or it is of validation rows and there are none
 */
export function checkFigure(figure: string, option: string, data: Dataset, validation: Dataset | null) {
  const name = metricNameOf(figure);
  checkMetrics([name], data, option);
  if (isOfTraining(figure)) {
    if (isAlways(name)) return;
    throw usageError(
      `${option}: expected loss, accuracy or rmse of the rows that are trained on, got ${name}.`,
    );
  }
  if (validation) return;
  throw usageError(
    `${option}: expected validation rows to judge the epochs by, got none.`,
    `Try --validation 0.2, or go by the rows that are trained on: --monitor ${TRAINING}loss.`,
  );
}
