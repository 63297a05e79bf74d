/** The figure that the epochs of a training are held against each other by: its name, and of which rows it is. */
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { Judgement } from '../model/judgement.js';
import { option } from '../wording.js';
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
 * Checks a figure against the rows that there are.
 * @param subject the option that asks for it, for messages
 * @throws usage if there is no such figure, or it needs validation rows and there are none
 */
export function checkFigure(figure: string, subject: string, data: Dataset, validation: Dataset | null) {
  const name = metricNameOf(figure);
  checkMetrics([name], data, subject);
  if (isOfTraining(figure)) {
    if (isAlways(name)) return;
    throw usageError(
      `${subject}: expected loss, accuracy or rmse of the rows that are trained on, got ${name}.`,
    );
  }
  if (validation) return;
  throw usageError(
    `${subject}: expected validation rows to judge the epochs by, got none.`,
    `Try ${option('validation', 0.2)}, or go by the rows that are trained on: ${option('monitor', `${TRAINING}loss`)}.`,
  );
}
