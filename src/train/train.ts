/** The coordinator. */
import type { Dataset } from '../data/dataset.js';
import type { Network } from '../model/network.js';
import type { Report, TrainOptions, TrainResult } from './types.js';

/**
 * Trains a network on data, on all workers, and reports as it goes.
 * @throws usage where options and data don't fit; diverged where the loss is no longer finite
 */
export async function* train(
  _network: Network,
  _data: Dataset,
  _validation: Dataset | null,
  _options: TrainOptions,
): AsyncGenerator<Report, TrainResult> {
  yield* [];
  throw new Error('train: under construction');
}
