/** How much work a step is, and how long it can take at most. Pure functions. */
import { countParameters, type Network } from '../model/network.js';

/** Of a step, near enough: six a weight and row. */
export function operationsOf(network: Network, batchRows: number): number {
  return 6 * batchRows * countParameters(network);
}

/** Seconds: a minute, or what a step takes at a hundred million operations a second, slower than any backend is. */
export function longestStep(network: Network, batchRows: number): number {
  return Math.max(60, operationsOf(network, batchRows) / 1e8);
}
