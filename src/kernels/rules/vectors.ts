/** What all rules start from, and what norms and searches are made of: kernels on slices of parameters and gradients. */
import { type Floats, sumShards } from './loops.js';

export const vectorKernels = (floats: Floats) => ({
  /**
   * The gradient of E, in the place of the first shard's: gw(0) ← t within ±limit,
   * t = scale · Σₛ gw(s) + l2 · w + l1 · sign(w), the shards added in their order.
   * w, gw(s): (length), gw(s) `stride` bytes apart.
   */
  collect(
    gw: number,
    w: number,
    stride: number,
    shards: number,
    length: number,
    scale: number,
    l2: number,
    l1: number,
    limit: number,
  ): void {
    const W = floats(w, length);
    const sums = sumShards(floats, gw, stride, shards, length);
    const gradients = sums.map((sum, i) => scale * sum + l2 * W[i]! + l1 * Math.sign(W[i]!));
    floats(gw, length).set(gradients.map(t => Math.max(Math.min(t, limit), -limit)));
  },

  /** to ← to + from. to, from: (length). */
  add(to: number, from: number, length: number): void {
    const FROM = floats(from, length);
    const TO = floats(to, length);
    for (let i = 0; i < length; i++) TO[i]! += FROM[i]!;
  },

  /** Σ a², in double precision and in a fixed order. a: (length). */
  sumSquares(a: number, length: number): number {
    return floats(a, length).reduce((sum, v) => sum + v * v, 0);
  },

  /** Σ a b, likewise. a, b: (length). */
  dot(a: number, b: number, length: number): number {
    const B = floats(b, length);
    return floats(a, length).reduce((sum, v, i) => sum + v * B[i]!, 0);
  },

  /**
   * out ← a · x + b · y; out may be x or y. All: (length). size(0) ← the larger of it and the largest |out|, NaN if one is not
   * a number.
   */
  combine(out: number, size: number, x: number, y: number, length: number, a: number, b: number): void {
    const X = floats(x, length);
    const Y = floats(y, length);
    const OUT = floats(out, length);
    const most = floats(size, 1);
    for (let i = 0; i < length; i++) {
      OUT[i] = a * X[i]! + b * Y[i]!;
      most[0] = Math.max(most[0]!, Math.abs(OUT[i]!));
    }
  },

  /**
   * Σᵢ (Σₛ gw(s)ᵢ)², the shards added in their order in float32, as the update does; the rest in double precision.
   * gw(s): (length), `stride` bytes apart.
   */
  sumSquaredSums(gw: number, stride: number, shards: number, length: number): number {
    return sumShards(floats, gw, stride, shards, length).reduce((squares, sum) => squares + sum * sum, 0);
  },

  /** Σₙ (1 + |zₙ|²) |δₙ|²; the lengths of a row may be summed in float32. z: (rows, inputs); delta: (rows, outputs). */
  sumRowNorms(z: number, delta: number, rows: number, inputs: number, outputs: number): number {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const squaredDelta = this.sumSquares(delta + row * outputs * 4, outputs);
      sum += (1 + this.sumSquares(z + row * inputs * 4, inputs)) * squaredDelta;
    }
    return sum;
  },
});
export type VectorKernels = ReturnType<typeof vectorKernels>;
