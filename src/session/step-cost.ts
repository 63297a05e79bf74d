/** How long a step can take at most. Pure. */
import type { Network } from '../model/network.js';
import { operationsOf } from '../model/shards.js';

/** Seconds: a minute, or what a step takes at a hundred million operations a second, slower than any backend is. */
export function longestStep(network: Network, batchRows: number): number {
  return Math.max(60, operationsOf(network, batchRows) / 1e8);
}
