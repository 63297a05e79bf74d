/** One gradient by the very path that training takes, for checks. */
import type { Dataset } from '../data/dataset.js';
import type { Network } from '../model/network.js';
import type { MachineOptions, Reduction } from './types.js';

/** E and gradE of all rows of the data at the given weights, in the layout of the weights, without L2. */
export async function computeGradient(
  _network: Network,
  _weights: Float32Array,
  _data: Dataset,
  _options: MachineOptions & { reduction: Reduction },
): Promise<{ loss: number; gradE: Float32Array }> {
  throw new Error('computeGradient: under construction');
}
