/** Training, as the library's users call it. */
import type { Dataset } from '../data/dataset.js';
import { initialWeights } from '../model/init.js';
import type { Network } from '../model/network.js';
import { PLAIN_DESCENT } from '../model/optimizer.js';
import { perturbationFor } from '../model/perturbation.js';
import { checkOptions } from './check-options.js';
import { withDefaults } from './defaults.js';
import { isOfTraining } from './figure.js';
import { scoredOf } from './metrics.js';
import type { TrainOptions } from './options.js';
import type { Report, TrainResult } from './reports.js';
import { Session } from './session.js';
import { Training } from './training.js';
import { watchedFigure } from './watch.js';
import { settleEmphasis } from './weights.js';

/**
 * Trains a network on data, on all workers, and reports as it goes:
 * w ← w − α ∇E, E of one batch after the other, for a number of epochs or until w no longer changes.
 * What isn't asked for is as on the command line (defaults.ts).
 * The steps go on while a report is looked at, but no further than to the next one that is due.
 * @throws usage where options and data don't fit; diverged where the loss is no longer finite; failed where
 * a worker did
 */
export async function* train(
  network: Network,
  data: Dataset,
  validation: Dataset | null = null,
  asked: Partial<TrainOptions> = {},
): AsyncGenerator<Report, TrainResult> {
  const given = withDefaults(data, asked);
  const batches = checkOptions(given, data, validation);
  // What is watched, or to be reached, has to be judged.
  const figures = [watchedFigure(given, validation !== null), ...(given.target ? [given.target.figure] : [])];
  const metrics = [...(given.metrics ?? []), ...figures.filter(figure => !isOfTraining(figure))];
  const options = { ...given, metrics };
  const { seed, init, initScheme, resume } = options;
  const session = new Session({
    network,
    weights: () => resume?.weights ?? init ?? initialWeights(network, seed, initScheme),
    training: data,
    validation,
    batchRows: batches.sizes,
    keepPredictions: scoredOf(options.metrics).length > 0,
    update: options.update,
    optimizer: options.optimizer ?? PLAIN_DESCENT,
    perturbation: perturbationFor(network, options),
    noiseScale: options.noiseScale ?? false,
    emphasis: settleEmphasis(data, options),
    stallSeconds: options.stallSeconds ?? null,
    // What was begun with so many shards goes on with as many.
    machine: { ...options, shards: options.shards === 'auto' ? (resume?.shards ?? 'auto') : options.shards },
  });
  let training: Training | null = null;
  try {
    training = new Training(session, data, validation, options, batches);
    return yield* training.run();
  } finally {
    training?.close();
    await session.close();
  }
}
