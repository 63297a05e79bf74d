/** Which weights a run's model has: those after its last step, or after its best epoch. */
import type { Settings } from '../config/options.js';
import type { Judgement } from '../train/judgement.js';
import type { TrainResult } from '../train/reports.js';

export interface ChosenModel {
  weights: Float32Array;
  epoch: number;
  training: Judgement;
  validation: Judgement | null;
}

/**
 * The best epoch's where it was said what is best or how long to wait for better, however the training ended. One
 * that has reached its target has the weights that reach it, which are the last.
 */
export function chooseModel(result: TrainResult, { monitor, patience, goal }: Settings): ChosenModel {
  const { best } = result.state;
  const isAsked = monitor !== null || patience !== null || goal !== null;
  if (isAsked && best && result.stopped !== 'target') return best;
  const { weights, epochs: epoch, training, validation } = result;
  return { weights, epoch, training, validation };
}
