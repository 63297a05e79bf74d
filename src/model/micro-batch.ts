/**
 * How many rows a worker walks at once: few enough that x, z and delta stay in the second-level cache, enough
 * that the weights are not read over and over. A pure function of the configuration, never of the machine or
 * the moment: it decides the order of additions, and so the bits.
 */
import type { Network } from './network.js';

// Measured by bench/step.ts on a machine with 1 MiB of second-level cache a core.
const TARGET_BYTES = 512 * 1024;
const LEAST_ROWS = 128;
const MOST_ROWS = 512;

/** Rows of a micro-batch: a multiple of 4, no more than the largest shard needs. */
export function microBatchRows(network: Network, shardRows: number): number {
  const [features, ...outputs] = network.layers as [number, ...number[]];
  const floats = features + 2 * outputs.reduce((sum, m) => sum + m, 0);
  const fitting = Math.floor(TARGET_BYTES / (4 * floats));
  const rows = Math.min(Math.max(fitting, LEAST_ROWS), MOST_ROWS);
  return Math.ceil(Math.min(rows, shardRows) / 4) * 4;
}
