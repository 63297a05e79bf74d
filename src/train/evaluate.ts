/** Judging and predicting, in parallel. */
import type { Dataset } from '../data/dataset.js';
import type { Network } from '../model/network.js';
import type { Evaluation, MachineOptions, Reduction } from './types.js';

/** ŷ and, where the data has targets, E for every row. Where it has none (y empty), the judgement is NaN. */
export async function evaluate(
  _network: Network,
  _weights: Float32Array,
  _data: Dataset,
  _options: MachineOptions & { reduction: Reduction },
): Promise<Evaluation> {
  throw new Error('evaluate: under construction');
}
