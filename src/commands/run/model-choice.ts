/** The weights of a run's model: those of its best epoch, or the last ones. */
import type { Settings } from '../../config/options.js';
import type { Judgement } from '../../model/judgement.js';
import type { TrainResult } from '../../train/reports.js';

export interface ChosenModel {
  weights: Float32Array;
  epoch: number;
  training: Judgement;
  validation: Judgement | null;
}

/**
 * The weights of the best epoch if there are validation rows, or an option that decides what is best, however the training
 * ended, unless `keepEpoch` says otherwise. The rows of a fold choose no epoch unless an option asks for it: they judge the training, and would flatter it. A
 * training that reached its target keeps the weights that reach it, which are the last.
 */
export function chooseModel(
  result: TrainResult,
  { keepEpoch, monitor, patience, targetMetric, folds }: Settings,
): ChosenModel {
  const { best } = result.state;
  const isAsked = keepEpoch === 'best' || monitor !== null || patience !== null || targetMetric !== null;
  const isJudged = best?.validation != null && folds === null;
  if (best && keepEpoch !== 'last' && (isAsked || isJudged) && result.stopped !== 'target') return best;
  const { weights, epochs: epoch, training, validation } = result;
  return { weights, epoch, training, validation };
}
