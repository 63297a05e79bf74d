/**
 * How many rows a worker walks at once: few enough that x, z and delta stay in the second-level cache, enough
 * that the weights are not read over and over. A pure function of the configuration, never of the machine or
 * the moment: it decides the order of additions, and so the bits.
 */
import { countParameters, type Network } from './network.js';

// Measured by bench/step.ts on a machine with 1 MiB of second-level cache a core.
const CACHE_BYTES = 1024 * 1024;
const LEAST_ROWS = 128;
const MOST_ROWS = 512;

/**
 * Rows of a micro-batch: a multiple of 4, no more than the largest shard needs. Where the weights don't stay in
 * the cache anyway, each micro-batch reads and writes the whole of w and gw from further away: then as many
 * rows as are allowed.
 */
export function microBatchRows(network: Network, shardRows: number): number {
  const [features, ...outputs] = network.layers as [number, ...number[]];
  const floats = features + 2 * outputs.reduce((sum, m) => sum + m, 0);
  const weightsFit = 4 * countParameters(network) <= CACHE_BYTES;
  const fitting = weightsFit ? Math.floor(CACHE_BYTES / 2 / (4 * floats)) : MOST_ROWS;
  const rows = Math.min(Math.max(fitting, LEAST_ROWS), MOST_ROWS);
  return Math.ceil(Math.min(rows, shardRows) / 4) * 4;
}
