/** Which weights a run's model has: those after its best epoch, or after its last step. */
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
 * The best epoch's if validation rows tell which that is, or an option says what is best, however the training ended. A
 * fold's own rows choose no epoch unless asked to: they judge the training, and would flatter it. A training that
 * reached its target has the weights that reach it, which are the last.
 */
export function chooseModel(
  result: TrainResult,
  { monitor, patience, targetMetric, folds }: Settings,
): ChosenModel {
  const { best } = result.state;
  const isAsked = monitor !== null || patience !== null || targetMetric !== null;
  const isJudged = best?.validation != null && folds === null;
  if (best && (isAsked || isJudged) && result.stopped !== 'target') return best;
  const { weights, epochs: epoch, training, validation } = result;
  return { weights, epoch, training, validation };
}
