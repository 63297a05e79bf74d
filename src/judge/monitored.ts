/**
 * The monitored figure, by which epochs are compared: the name of a metric, and whether it refers to training
 * or validation rows.
 */
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { Judgement } from '../model/judgement.js';
import { option } from '../option-names.js';
import { checkMetrics, isAlways, metricOf } from './metrics.js';

const TRAINING = 'training-';

/** Judgements after one epoch. */
export interface Judged {
  training: Judgement;
  validation: Judgement | null;
}

/**
 * A metric's plain name refers to the validation rows, and with the prefix `training-` to the training rows.
 */
export function metricNameOf(figure: string): string {
  return isOfTraining(figure) ? figure.slice(TRAINING.length) : figure;
}

export function isOfTraining(figure: string): boolean {
  return figure.startsWith(TRAINING);
}

/** Value of a figure; NaN if it is not defined on these rows. */
export function figureValue(figure: string, { training, validation }: Judged): number {
  const judgement = isOfTraining(figure) ? training : validation;
  return (judgement && metricOf(judgement, metricNameOf(figure))) ?? Number.NaN;
}

/** validation loss, training accuracy */
export function figureText(figure: string): string {
  return `${isOfTraining(figure) ? 'training' : 'validation'} ${metricNameOf(figure)}`;
}

const TARGET = option('TrainOptions.target');

/**
 * Checks that the figure can be computed for the data.
 * @param option that requests it, for messages
 * @throws usage if there is no such figure, or if it refers to validation rows and there are none
 */
export function checkFigure(figure: string, subject: string, data: Dataset, validation: Dataset | null) {
  const name = metricNameOf(figure);
  checkMetrics([name], data, subject);
  if (isOfTraining(figure)) {
    const isTransformed = name === 'rmse' && data.encoding.targetTransforms !== undefined;
    if (isAlways(name) && !isTransformed) return;
    const known = isTransformed ? 'the loss' : 'loss, accuracy or rmse';
    const why = isTransformed ? `, as ${option('targetTransform')} is given` : '';
    throw usageError(`${subject}: expected ${known} of the rows that are trained on${why}, got ${name}.`);
  }
  if (validation) return;
  throw usageError(
    `${subject}: expected validation rows to judge the epochs by, got none.`,
    `Try ${option('validation', 0.2)}${subject === TARGET ? '' : `, or go by the training rows: ${option('monitor', `${TRAINING}loss`)}`}.`,
  );
}
