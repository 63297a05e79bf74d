/** Divides work: a batch into shards, shards among workers, parameters into slices. Pure functions. */
import { countParameters, type Network } from './network.js';

/** A half-open range. */
export interface Range {
  begin: number;
  end: number;
}

/** Part i of `count` items that are cut, in order, into `parts` whose sizes differ by at most one. */
export function partOf(count: number, parts: number, i: number): Range {
  return { begin: Math.floor((count * i) / parts), end: Math.floor((count * (i + 1)) / parts) };
}

/** Number of shards of a batch: at most its number of rows, so that none is empty. */
export function shardsOf(rows: number, shards: number): number {
  return Math.min(rows, shards);
}

/** Default number of shards, if these are not too small. */
const USUAL_SHARDS = 64;
/** Products of fewer rows are slow. */
const LEAST_SHARD_ROWS = 16;
// Measured by `lockstep bench`, blas, 2 cores: a step of 17,000 operations (layers 4,16,3, 32 rows) takes 3.4 µs with one
// shard, 3.2 with two on two workers; one of 140,000 (4,128,3, 32 rows) 7.6 and 6.1.
const LEAST_SHARD_OPERATIONS = 65_536;

/** Approximate number of operations of a step: six per weight and row. */
export function operationsOf(network: Network, batchRows: number): number {
  return 6 * batchRows * countParameters(network);
}

/** Default number of shards: a power of two that depends only on the batch and the network. */
export function usualShards(network: Network, batchRows: number): number {
  const operations = operationsOf(network, batchRows);
  const most = Math.min(batchRows / LEAST_SHARD_ROWS, operations / LEAST_SHARD_OPERATIONS);
  let shards = 1;
  while (shards < USUAL_SHARDS && 2 * shards <= most) shards *= 2;
  return shards;
}

/** Slice i of a slab cut into `parts`: in bytes, on 64-byte boundaries, so that no two share a cache line. */
export function sliceOf(slabBytes: number, parts: number, i: number): Range {
  const { begin, end } = partOf(slabBytes / 64, parts, i);
  return { begin: begin * 64, end: end * 64 };
}
