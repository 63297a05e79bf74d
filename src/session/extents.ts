/**
 * Total weight of the rows of each step, by which means over them are divided. It depends only on the data and the order
 * of the rows, so it is known before a step begins, without the threads.
 */
import { type Extent, sum } from '../judge/total-weights.js';
import type { Batches } from '../model/batches.js';
import type { RowWeights } from './emphasis.js';

/** Where the rows of an epoch come from, in order, a part at a time. */
interface Orders {
  rowsOf(epoch: number): Iterable<Uint32Array>;
}

export class EpochExtents {
  readonly #rowWeights: RowWeights;
  readonly #batches: Batches;
  readonly #orders: Orders;
  /** Epoch of the current sums, which are one per step; null: each row weighs, or counts, 1. */
  #epoch = 0;
  #weights: Float64Array | null = null;
  #counts: Float64Array | null = null;

  constructor(rowWeights: RowWeights, batches: Batches, orders: Orders) {
    this.#rowWeights = rowWeights;
    this.#batches = batches;
    this.#orders = orders;
  }

  /** Total weight in E of the rows of each of `count` steps; undefined if each row weighs 1. */
  weights(epoch: number, firstStep: number, count: number): Float64Array | undefined {
    this.#turnTo(epoch);
    return this.#weights?.slice(firstStep, firstStep + count);
  }

  /** Total weight in E of the rows of a step. */
  weightOf(epoch: number, step: number): number {
    this.#turnTo(epoch);
    if (this.#weights) return this.#weights[step]!;
    return this.#batches.rowsOf(step + 1, epoch) - this.#batches.rowsOf(step, epoch);
  }

  /** Totals over the first steps of an epoch. */
  upTo(epoch: number, steps: number): Extent {
    this.#turnTo(epoch);
    const ofSteps = (sums: Float64Array | null) =>
      sums ? sum(sums.subarray(0, steps)) : this.#batches.rowsOf(steps, epoch);
    return { weight: ofSteps(this.#weights), rows: ofSteps(this.#counts) };
  }

  #turnTo(epoch: number): void {
    const { weights, counts } = this.#rowWeights;
    if (epoch === this.#epoch || !weights) return;
    const sums = (values: Float32Array) =>
      sumBySteps(values, this.#orders.rowsOf(epoch), this.#batches.sizeIn(epoch));
    this.#epoch = epoch;
    this.#weights = sums(weights);
    this.#counts = counts === weights ? this.#weights : counts && sums(counts);
  }
}

/** Σ of the values of each step's rows, in the order of the rows. */
function sumBySteps(values: Float32Array, order: Iterable<Uint32Array>, batchSize: number): Float64Array {
  const sums = new Float64Array(Math.ceil(values.length / batchSize));
  let begin = 0;
  for (const rows of order) {
    for (let i = 0; i < rows.length; i++) sums[Math.floor((begin + i) / batchSize)]! += values[rows[i]!]!;
    begin += rows.length;
  }
  return sums;
}
