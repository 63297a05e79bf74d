/** Judges and predicts in parallel, with the forward pass of training. */

import { checkChoices } from '../../choices.js';
import type { Dataset } from '../../data/dataset.js';
import { hasTargets } from '../../data/reconstruction.js';
import { reduceLoss, type Sums } from '../../judge/judge.js';
import { checkMetrics } from '../../judge/metrics.js';
import { type ExactJudgement, judgePredictions } from '../../judge/scores/exact.js';
import { lossOfPredictions } from '../../judge/scores/loss.js';
import type { Network, Reduction } from '../../model/network.js';
import { MACHINE_CHOICES, type MachineOptions } from '../../session/machine.js';
import { DEFAULT_MACHINE } from '../defaults.js';
import { notFinite, Predictor } from './predictor.js';

/** Result of `evaluate`. All figures except the loss are computed from `predictions` and targets in their own units. */
export interface Evaluation extends ExactJudgement {
  /**
   * ŷ (rows, outputs): probabilities of the classes (multiclass), of class 1 (binary), or values in the
   * targets' own units (regression).
   */
  predictions: Float64Array;
  seconds: number;
  /** Variant of the backend, and why it is not as fast as it could be; null if nothing is known. */
  description: string;
  notice: string | null;
}

/**
 * Predicts every row and, if the data has targets, judges the predictions. Without targets (y empty) the figures are NaN.
 * @param weights those of an ensemble are those of its members, one after the other
 * @throws usage if data and network don't fit, or a metric does not exist for the task; diverged if a prediction or E
 * is not finite; failed if a worker failed
 */
export async function evaluate(
  network: Network,
  weights: Float32Array,
  data: Dataset,
  asked: Partial<MachineOptions> & { reduction?: Reduction; metrics?: readonly string[] } = {},
): Promise<Evaluation> {
  const options = { ...DEFAULT_MACHINE, reduction: 'mean' as const, ...asked };
  checkChoices(options, { ...MACHINE_CHOICES, reduction: ['mean', 'sum'] });
  checkMetrics(options.metrics ?? [], data);
  const predictor = new Predictor(network, weights, options);
  try {
    const { predictions, sums } = await predictor.predict(data);
    const loss = lossOf(sums, network, data, { predictions, reduction: options.reduction });
    if (hasTargets(data) && !Number.isFinite(loss)) throw notFinite(data.source, `loss, got ${loss}`);
    const judgement = hasTargets(data)
      ? await judgePredictions(loss, data, options.metrics, predictions)
      : unjudged(data);
    const { seconds, backend } = predictor;
    const { description, notice } = backend!;
    return { ...judgement, predictions, seconds, description, notice };
  } finally {
    await predictor.close();
  }
}

/** E: as the workers have summed it, or of the mean of an ensemble. */
function lossOf(
  sums: Sums | null,
  network: Network,
  data: Dataset,
  { predictions, reduction }: { predictions: Float64Array; reduction: Reduction },
): number {
  if (sums) return reduceLoss(sums.loss, sums.weight, reduction);
  return hasTargets(data) ? lossOfPredictions(network, data, predictions, reduction) : Number.NaN;
}

function unjudged({ task }: Dataset): ExactJudgement {
  const [accuracy, rmse] = task === 'regression' ? [null, Number.NaN] : [Number.NaN, null];
  return { loss: Number.NaN, accuracy, rmse, targets: null };
}
