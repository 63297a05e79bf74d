/** Which epoch's weights the options ask for. */
import type { Settings } from '../../config/options.js';
import type { ModelChoice } from '../../train/model-choice.js';

export function modelChoiceOf({
  keepEpoch,
  monitor,
  patience,
  targetMetric: target,
  folds,
}: Settings): ModelChoice {
  return { keepEpoch, monitor, patience, target, isFold: folds !== null };
}
