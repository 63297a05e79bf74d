/** Judging and predicting, in parallel, by the same forward pass as training's. */
import { type Dataset, rowNumber } from '../data/dataset.js';
import { hasTargets } from '../data/reconstruction.js';
import { LockstepError } from '../errors.js';
import type { Network } from '../model/network.js';
import { DEFAULT_MACHINE } from './defaults.js';
import { isSound, judge } from './judge.js';
import type { Judgement } from './judgement.js';
import { checkMetrics } from './metrics.js';
import type { MachineOptions, Reduction } from './options.js';
import { judgeRows } from './scores/score.js';
import { Session } from './session.js';

/** What `evaluate` gives. */
export interface Evaluation extends Judgement {
  /**
   * ŷ (rows, outputs): probabilities of the classes (multiclass), of class 1 (binary), or values in the
   * targets' own units (regression).
   */
  predictions: Float32Array;
  seconds: number;
  /** What exactly computed, and why it is not as fast as it could be; null where nothing is known. */
  description: string;
  notice: string | null;
}

/**
 * ŷ of every row and, where the data has targets, E. Where it has none (y empty), the judgement is NaN.
 * @throws usage where data and network don't fit, or a metric is none of the task's; diverged where a prediction or E
 * is not finite, so that nothing is known of that row; failed where a worker did
 */
export async function evaluate(
  network: Network,
  weights: Float32Array,
  data: Dataset,
  asked: Partial<MachineOptions> & { reduction?: Reduction; metrics?: readonly string[] } = {},
): Promise<Evaluation> {
  const options = { ...DEFAULT_MACHINE, reduction: 'mean' as const, ...asked };
  checkMetrics(options.metrics ?? [], data);
  const session = new Session({
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
    const predictions = session.view('predictions', 'f32').slice();
    const judgement = hasTargets(data)
      ? await judgeRows(sums, data, options, () => predictions)
      : judge({ ...sums, loss: Number.NaN, right: Number.NaN }, data, options.reduction);
    inOwnUnits(predictions, data);
    checkFinite(predictions, data);
    if (hasTargets(data) && !isSound(judgement)) throw notFinite(data.source, `loss, got ${judgement.loss}`);
    const { description, notice } = session.backend;
    return { ...judgement, predictions, seconds, description, notice };
  } finally {
    await session.close();
  }
}

/** ŷ ← mean + deviation · ŷ for each regression target. */
function inOwnUnits(predictions: Float32Array, { encoding, outputs }: Dataset): void {
  encoding.targetScales.forEach(({ mean, deviation }, k) => {
    for (let i = k; i < predictions.length; i += outputs) predictions[i] = mean + deviation * predictions[i]!;
  });
}

/** @throws diverged with the first row that has a prediction which is not finite */
function checkFinite(predictions: Float32Array, data: Dataset): void {
  const at = predictions.findIndex(value => !Number.isFinite(value));
  if (at < 0) return;
  const row = rowNumber(data, Math.floor(at / data.outputs));
  throw notFinite(`${data.source}, row ${row}`, `prediction, got ${predictions[at]}`);
}

function notFinite(where: string, found: string): LockstepError {
  return new LockstepError('diverged', `${where}: expected a finite ${found}.`, {
    hint: 'Look for huge values there, and leave such rows out with --query; where all are so, the weights are too large: train with a smaller --lr.',
  });
}
