/** Judges and predicts in parallel, with the forward pass of training. */

import { type Dataset, rowNumber } from '../../data/dataset.js';
import { hasTargets } from '../../data/reconstruction.js';
import { LockstepError } from '../../errors.js';
import { reduceLoss } from '../../judge/judge.js';
import { checkMetrics } from '../../judge/metrics.js';
import { predictionsOf } from '../../judge/predictions.js';
import { type ExactJudgement, judgePredictions } from '../../judge/scores/exact.js';
import type { Network, Reduction } from '../../model/network.js';
import { option } from '../../option-names.js';
import type { MachineOptions } from '../../session/machine.js';
import { Session } from '../../session/session.js';
import { DEFAULT_MACHINE } from '../defaults.js';

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
  checkMetrics(options.metrics ?? [], data);
  const session = await Session.open({
    network,
    weights: () => weights,
    training: null,
    validation: data,
    batchRows: data.rows,
    keepPredictions: true,
    update: 'sharded',
    machine: options,
  });
  try {
    const begun = performance.now();
    const sums = await session.evaluate('validation', true);
    const seconds = (performance.now() - begun) / 1000;
    const predictions = predictionsOf(session.view('predictions', 'f32'), data);
    checkFinite(predictions, data);
    const loss = reduceLoss(sums.loss, sums.weight, options.reduction);
    if (hasTargets(data) && !Number.isFinite(loss)) throw notFinite(data.source, `loss, got ${loss}`);
    const judgement = hasTargets(data)
      ? await judgePredictions(loss, data, options.metrics, predictions)
      : unjudged(data);
    const { description, notice } = session.backend;
    return { ...judgement, predictions, seconds, description, notice };
  } finally {
    await session.close();
  }
}

function unjudged({ task }: Dataset): ExactJudgement {
  const [accuracy, rmse] = task === 'regression' ? [null, Number.NaN] : [Number.NaN, null];
  return { loss: Number.NaN, accuracy, rmse, targets: null };
}

/** @throws diverged with the first row that has a prediction which is not finite */
function checkFinite(predictions: Float64Array, data: Dataset): void {
  const at = predictions.findIndex(value => !Number.isFinite(value));
  if (at < 0) return;
  const row = rowNumber(data, Math.floor(at / data.outputs));
  throw notFinite(`${data.source}, row ${row}`, `prediction, got ${predictions[at]}`);
}

function notFinite(where: string, found: string): LockstepError {
  return new LockstepError('diverged', `${where}: expected a finite ${found}.`, {
    hint: `Look for huge values there, and leave such rows out with ${option('query')}; if all are so, the weights are too large: train with a smaller ${option('learningRate')}.`,
  });
}
