/**
 * Reports, as text and as plain data, whether a model beats the simplest possible prediction. Pure functions.
 */
import { type Baseline, isBetter, isNoBetter } from '../judge/baseline.js';
import type { Judgement } from '../model/judgement.js';
import { option } from '../option-names.js';
import { formatMetric } from './metric.js';

/** What to try if a model has learnt nothing. */
const LEARN_MORE = `Try more ${option('epochs')}, another ${option('learningRate')} (${option('findLr')} suggests one), or other features.`;

/** The baseline as summary.json stores it. */
export interface BaselineData {
  figure: Baseline['figure'];
  value: number;
  /** null if the baseline cannot be beaten, or if that is not known. */
  beaten: boolean | null;
}

export function baselineData(baseline: Baseline, validation: Judgement): BaselineData {
  const { figure, value } = baseline;
  return { figure, value, beaten: isBetter(validation, baseline) };
}

/**
 * A warning if most folds of a cross-validation fail to beat the baseline; null if they beat it or if that is
 * not known.
 */
export function foldsBaselineText(folds: readonly (BaselineData | undefined)[]): string | null {
  const missed = folds.filter(fold => fold?.beaten === false);
  if (missed.length <= folds.length / 2) return null;
  const { figure } = missed[0]!;
  const plain = figure === 'rmse' ? 'the mean of the training rows' : 'their most frequent class';
  return (
    `warning: in ${missed.length} of ${folds.length} folds the validation ${figure} is no better than always predicting ${plain}. ` +
    LEARN_MORE
  );
}

/** A model and the training that produced it. */
export interface Compared {
  /** Figures of the model on the validation rows, or on the training rows if there are none. */
  figures: Judgement;
  isValidation: boolean;
  /** Final figures on the training rows. */
  training: Judgement;
  hasHidden: boolean;
}

/** A one-line warning with suggestions; null if the model beats the baseline. */
export function baselineText(baseline: Baseline, compared: Compared): string | null {
  const { figures, isValidation } = compared;
  if (!isNoBetter(figures, baseline)) return null;
  const { figure, value } = baseline;
  const shown = formatMetric(figure, figures[figure]!);
  const plain = `${answerText(baseline)} (${formatMetric(figure, value)})`;
  return `warning: ${isValidation ? 'validation' : 'training'} ${figure} ${shown} is no better than ${plain}. ${hintText(baseline, compared)}`;
}

/** Uses the baseline of the validation rows for the training rows too, since the two are nearly the same. */
function hintText(baseline: Baseline, { training, hasHidden }: Compared): string {
  // Of transformed targets there is no RMSE of the training rows, so nothing is known about what they taught.
  if (training[baseline.figure] === null) return LEARN_MORE;
  if (isNoBetter(training, baseline)) {
    return `The model has not learnt even the training rows. ${LEARN_MORE}`;
  }
  const smaller = hasHidden ? `, ${option('dropout', 0.2)}, fewer ${option('hidden')} units` : '';
  return `The model has learnt the training rows but does not generalise. Try more rows, ${option('l2', 0.001)}${smaller}, or other features.`;
}

function answerText({ figure, answer }: Baseline): string {
  if (figure === 'rmse') return 'always predicting the mean of the training rows';
  if (answer === null) return "always answering each label's more frequent value";
  return `always answering ${JSON.stringify(answer)}, the most frequent class of the training rows`;
}
