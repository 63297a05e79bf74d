/** What the kernels of the rules have in common as plain loops in double precision, rounded to float32 where they are stored. */

/** A slice of the arena as floats. */
export type Floats = (offset: number, length: number) => Float32Array;

/** w(i) ← next(w(i), i); most(0) ← the larger of it and the largest |change|, NaN if one is not a number. */
export function noteChanges(
  w: Float32Array,
  most: Float32Array,
  next: (w: number, i: number) => number,
): void {
  for (let i = 0; i < w.length; i++) {
    const old = w[i]!;
    w[i] = next(old, i);
    most[0] = Math.max(most[0]!, Math.abs(w[i]! - old));
  }
}

/**
 * What a rule remembers of a velocity or a mean: 0 below 2⁻¹⁰⁰. Rounding would keep it just above 0 for ever, as 0.9 of
 * the smallest number is rounded to that number, and there some processors take a hundred times as long for a product.
 */
export function remembered(x: number): number {
  return Math.abs(x) < 2 ** -100 ? 0 : x;
}

/** β s + (1 − β) g²; 0 if g is 0 and it is less than 2⁻¹²⁶: what a rule remembers of a mean square. */
export function averageSquare(s: number, g: number, beta: number): number {
  const square = beta * s + (1 - beta) * (g * g);
  return g === 0 && square < 2 ** -126 ? 0 : square;
}

/** Σₛ gw(s), the shards added in their order. gw(s): (length), `stride` bytes apart. */
export function sumShards(
  floats: Floats,
  gw: number,
  stride: number,
  shards: number,
  length: number,
): number[] {
  const all = Array.from({ length: shards }, (_, s) => floats(gw + s * stride, length));
  return Array.from({ length }, (_, i) => all.reduce((sum, g) => sum + g[i]!, 0));
}
