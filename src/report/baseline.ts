/** That a training is no better than the plainest answer, as text and as plain data. Pure functions. */
import { type Baseline, isBetter, isNoBetter } from '../judge/baseline.js';
import type { Judgement } from '../model/judgement.js';
import { formatMetric } from './metric.js';

/** What summary.json holds of it. */
export interface BaselineData {
  figure: Baseline['figure'];
  value: number;
  /** null if the baseline can't be beaten, or that is not known. */
  beaten: boolean | null;
}

export function baselineData(baseline: Baseline, validation: Judgement): BaselineData {
  const { figure, value } = baseline;
  return { figure, value, beaten: isBetter(validation, baseline) };
}

/** The same of a cross-validation: a line if most folds are no better; null if they are, or that is not known. */
export function foldsBaselineText(folds: readonly (BaselineData | undefined)[]): string | null {
  const missed = folds.filter(fold => fold?.beaten === false);
  if (missed.length <= folds.length / 2) return null;
  const { figure } = missed[0]!;
  const plain = figure === 'rmse' ? 'the mean of the training rows' : 'their most frequent class';
  return (
    `warning: in ${missed.length} of ${folds.length} folds the validation ${figure} is no better than always predicting ${plain}. ` +
    'Try more --epochs, another --lr (--find-lr suggests one), or other features.'
  );
}

/** A model and the training that it came of. */
export interface Compared {
  /** How good the model is, on validation rows if there are any. */
  figures: Judgement;
  isValidation: boolean;
  /** How well the training rows were learnt in the end. */
  training: Judgement;
  hasHidden: boolean;
}

/** One line with what to try; null if the validation figure is better. */
export function baselineText(baseline: Baseline, compared: Compared): string | null {
  const { figures, isValidation } = compared;
  if (!isNoBetter(figures, baseline)) return null;
  const { figure, value } = baseline;
  const shown = formatMetric(figure, figures[figure]!);
  const plain = `${answerText(baseline)} (${formatMetric(figure, value)})`;
  return `warning: ${isValidation ? 'validation' : 'training'} ${figure} ${shown} is no better than ${plain}. ${hintText(baseline, compared)}`;
}

/** The training rows are near enough the same, with the same plain answer. */
function hintText(baseline: Baseline, { training, hasHidden }: Compared): string {
  if (isNoBetter(training, baseline)) {
    return 'Not even the training rows are learnt: try more --epochs or another --lr (--find-lr suggests one), or other features.';
  }
  const smaller = hasHidden ? ', --dropout 0.2, fewer --hidden units' : '';
  return `The training rows are learnt, but that does not carry over: try more rows, --l2 0.001${smaller}, or other features.`;
}

function answerText({ figure, answer }: Baseline): string {
  if (figure === 'rmse') return 'always predicting the mean of the training rows';
  if (answer === null) return "always answering each label's more frequent value";
  return `always answering ${JSON.stringify(answer)}, the most frequent class of the training rows`;
}
