/** The weights of a training's model: those of its best epoch, or the last ones. */
import type { Judgement } from '../model/judgement.js';
import type { TrainOptions } from './options.js';
import type { TrainResult } from './reports.js';

export interface ChosenModel {
  weights: Float32Array;
  epoch: number;
  training: Judgement;
  validation: Judgement | null;
}

export interface ModelChoice extends Pick<TrainOptions, 'monitor' | 'patience' | 'target'> {
  /** null: best if there are validation rows, or an option that decides what is best. */
  keepEpoch: 'best' | 'last' | null;
  /** Whether the validation rows are a fold: they choose no epoch unless an option asks for it, because they judge the training, and would flatter it. */
  isFold?: boolean;
}

/**
 * The weights of the best epoch if there are validation rows, or an option that decides what is best, however the training
 * ended, unless `keepEpoch` says otherwise. A training that reached its target keeps the weights that reach it, which are
 * the last.
 */
export function chooseModel(
  result: TrainResult,
  { keepEpoch, monitor, patience, target, isFold = false }: ModelChoice,
): ChosenModel {
  const { best } = result.state;
  const isAsked = keepEpoch === 'best' || monitor !== null || patience !== null || target !== null;
  const isJudged = best?.validation != null && !isFold;
  if (best && keepEpoch !== 'last' && (isAsked || isJudged) && result.stopped !== 'target') return best;
  const { weights, epochs: epoch, training, validation } = result;
  return { weights, epoch, training, validation };
}
