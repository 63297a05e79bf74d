/**
 * tr Σ of the gradient noise scale, from Σ |∇Eₙ|² over the rows and |Σ ∇Eₙ|² of each step of an epoch
 * (McCandlish et al., arXiv 1812.06162, appendix A.1).
 */
import type { Network } from '../../src/model/network.js';
import { type Arithmetic, addNumbers } from './arithmetic.js';
import { blocksOf, chunksOf } from './cuts.js';
import type { Cut, Pass, Row, Weights } from './rows.js';
import { dotOfPart } from './vectors.js';

export interface SquaredNorms {
  rows: number;
  /** Σ |∇Eₙ|². */
  ofRows: number;
  /** |Σ ∇Eₙ|². */
  ofSum: number;
}

export function squaredNormsOf(
  arithmetic: Arithmetic,
  network: Network,
  { shards }: Pass,
  sums: Weights,
  { byBlock }: Cut,
): SquaredNorms {
  const parts = (byBlock ? blocksOf : chunksOf)(network).map(part => dotOfPart(sums, sums, part));
  const layers = network.layers.slice(1).map((_, l) => l);
  // Part by part of a shard, and in each layer by layer; by block from the last layer to the first.
  const order = byBlock ? layers.reverse() : layers;
  const ofShards = shards.map(rows => {
    const ofParts = rows.map(part => order.reduce((sum, l) => sum + normsOfLayer(part, l), 0));
    return ofParts.reduce(addNumbers);
  });
  return {
    rows: shards.flat(2).length,
    ofRows: arithmetic.sum(ofShards, addNumbers),
    ofSum: arithmetic.sum(parts, addNumbers),
  };
}

/** Σₙ (1 + |zₙ|²) |δₙ|². */
function normsOfLayer(rows: readonly Row[], l: number): number {
  return rows.reduce((sum, { z, deltas }) => sum + (1 + squaredNorm(z[l]!)) * squaredNorm(deltas[l]!), 0);
}

/**
 * |a|² in float32: eight sums, of each eighth value, as far as there are eight; the rest is added to the first four, then the
 * last four to the first, and these in double precision.
 */
export function squaredNorm(a: Float32Array): number {
  const eights = a.length - (a.length % 8);
  const sums = new Float32Array(8);
  const square = (i: number) => Math.fround(a[i]! * a[i]!);
  for (let i = 0; i < eights; i++) sums[i % 8]! += square(i);
  for (let i = eights; i < a.length; i++) sums[i % 4]! += square(i);
  const four = sums.subarray(0, 4).map((sum, i) => sum + sums[i + 4]!);
  return four[0]! + four[1]! + four[2]! + four[3]!;
}

/** Σ rows · tr Σ / Σ rows over the steps of two rows and more; 0 if there are none. */
export function traceOf(steps: readonly SquaredNorms[]): number {
  const counted = steps.filter(({ rows }) => rows > 1);
  if (counted.length === 0) return 0;
  const total = counted.reduce((sum, { rows }) => sum + rows, 0);
  return (
    counted.reduce((sum, { rows, ofRows, ofSum }) => {
      const trace = (ofRows / rows - ofSum / (rows * rows)) / (1 - 1 / rows);
      return sum + rows * trace;
    }, 0) / total
  );
}
