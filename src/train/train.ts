/** Training, as the library's users call it. */
import type { Dataset } from '../data/dataset.js';
import { isOfTraining } from '../judge/monitored.js';
import type { Network } from '../model/network.js';
import { checkOptions } from './check-options.js';
import { withDefaults } from './defaults.js';
import { openSession } from './open-session.js';
import type { TrainOptions } from './options.js';
import type { Report, TrainResult } from './reports.js';
import { Training } from './training.js';
import { watchedFigure } from './watch.js';

/**
 * Trains a network on data, on all workers, and reports as it goes, at the end the result:
 * w ← w − α ∇E, E of one batch after the other, for a number of epochs or until w no longer changes.
 * Options that aren't given have the defaults of the command line (defaults.ts).
 * The steps continue while a report is looked at, but no further than to the next one that is due.
 * @throws usage where options and data don't fit; diverged where the loss is no longer finite; failed where
 * a worker did
 */
export async function* train(
  network: Network,
  data: Dataset,
  validation: Dataset | null = null,
  asked: Partial<TrainOptions> = {},
): AsyncGenerator<Report, void> {
  // What was watched so far is watched further, whatever target is asked for now.
  const monitor = asked.monitor ?? asked.resume?.watch.figure ?? null;
  const given = { ...withDefaults(data, network, asked), monitor };
  const batches = checkOptions(given, data, validation);
  // What is watched, or to be reached, has to be judged.
  const figures = [watchedFigure(given, validation !== null), ...(given.target ? [given.target.figure] : [])];
  const metrics = [...given.metrics, ...figures.filter(figure => !isOfTraining(figure))];
  const options = { ...given, metrics };
  const session = await openSession(network, { data, validation }, options, batches);
  let training: Training | null = null;
  let result: TrainResult;
  try {
    training = new Training(session, data, validation, options, batches);
    result = yield* training.run();
  } finally {
    training?.close();
    await session.close();
  }
  yield { type: 'end', result };
}
