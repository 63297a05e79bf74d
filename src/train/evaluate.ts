/** Judging and predicting, in parallel, by the same forward pass as training's. */
import type { Dataset } from '../data/dataset.js';
import { hasTargets } from '../data/reconstruction.js';
import type { Network } from '../model/network.js';
import { DEFAULT_MACHINE } from './defaults.js';
import { judge } from './judge.js';
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
  /** What exactly computed, and why nothing faster did; null where there is no reason. */
  description: string;
  fallback: string | null;
}

/**
 * ŷ of every row and, where the data has targets, E. Where it has none (y empty), the judgement is NaN.
 * @throws usage where data and network don't fit, or a metric is none of the task's; failed where a worker did
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
    const { description, fallback } = session.backend;
    return { ...judgement, predictions, seconds, description, fallback };
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
