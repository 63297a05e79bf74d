/** How work is cut: a batch into shards, shards over workers, parameters into slices. Pure functions. */
import { countParameters, type Network } from './network.js';

/** A half-open range. */
export interface Range {
  begin: number;
  end: number;
}

/** Part i of `count` items cut into `parts` of sizes that differ by one at most, in order. */
export function partOf(count: number, parts: number, i: number): Range {
  return { begin: Math.floor((count * i) / parts), end: Math.floor((count * (i + 1)) / parts) };
}

/** How many shards a batch of so many rows is cut into: never more than it has rows, so none is empty. */
export function shardsOf(rows: number, shards: number): number {
  return Math.min(rows, shards);
}

/** Shards by default, where they are not too small for it. */
const USUAL_SHARDS = 64;
/** A product of fewer rows is slow. */
const LEAST_SHARD_ROWS = 16;
// Measured by `lockstep bench`, blas, 2 cores: a step of 17,000 operations (layers 4,16,3, 32 rows) takes 3.4 µs with one
// shard, 3.2 with two on two workers; one of 140,000 (4,128,3, 32 rows) 7.6 and 6.1.
const LEAST_SHARD_OPERATIONS = 65_536;

/** Operations of a step, near enough: six a weight and row. */
export function operationsOf(network: Network, batchRows: number): number {
  return 6 * batchRows * countParameters(network);
}

/** Shards by default: a power of two, by the batch and the network alone. */
export function usualShards(network: Network, batchRows: number): number {
  const operations = operationsOf(network, batchRows);
  const most = Math.min(batchRows / LEAST_SHARD_ROWS, operations / LEAST_SHARD_OPERATIONS);
  let shards = 1;
  while (shards < USUAL_SHARDS && 2 * shards <= most) shards *= 2;
  return shards;
}

/** Slice i of a slab cut over `parts`: in bytes, on 64-byte boundaries, so that no two share a cache line. */
export function sliceOf(slabBytes: number, parts: number, i: number): Range {
  const { begin, end } = partOf(slabBytes / 64, parts, i);
  return { begin: begin * 64, end: end * 64 };
}
