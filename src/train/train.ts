/** The library's entry to training. */
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
 * Trains a network on data, on all workers, and yields reports; the last one contains the result. Each step is
 * w ← w − α ∇E, or another update rule, with E over one batch. Options that are not given have the defaults of the
 * command line (defaults.ts). Steps continue while a report is processed, at most up to the next report.
 * @throws usage if options and data don't fit; diverged if the loss is no longer finite; failed if a worker failed
 */
export async function* train(
  network: Network,
  data: Dataset,
  validation: Dataset | null = null,
  asked: Partial<TrainOptions> = {},
): AsyncGenerator<Report, void> {
  // A resumed training keeps its figure, even if a target of another figure is given now.
  const monitor = asked.monitor ?? asked.resume?.watch.figure ?? null;
  const given = { ...withDefaults(data, network, asked), monitor };
  const batches = checkOptions(given, data, validation);
  // The monitored figure and that of the target have to be computed.
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
