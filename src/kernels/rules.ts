/**
 * The contract of the update rules: what every backend computes on flat slices of the parameters and of the slabs
 * of the same layout beside them. As in kernels.ts: float32, byte offsets, outputs first, sizes last.
 *
 * Each element is computed by itself and each operation rounded by itself, so how the slices are cut changes no bit.
 * w, g and the slabs of a rule: (length). `clip` multiplies g as it is read. Where a rule has `keep`, w is multiplied
 * by it first: 1 − α λ of a decoupled weight decay, or 1. Those that change w return the largest |change|, NaN where
 * a change is not a number.
 *
 * What a rule remembers fades to 0: velocities and means where they are less than 2⁻¹⁰⁰, mean squares where they are less
 * than 2⁻¹²⁶ and g is 0. Rounding would keep them for ever just above 0, as 0.9 of the smallest number is rounded to
 * that number, and there some processors take a hundred times as long for a product.
 */

export interface UpdateRules {
  /**
   * The gradient of E, in the place of the first shard's: gw(0) ← t within ±limit,
   * t = scale · Σₛ gw(s) + l2 · w + l1 · sign(w), the shards added in their order. gw(s): (length), `stride` bytes apart.
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
  ): void;

  /** Σ a², in double precision and in a fixed order of its own. a: (length). */
  sumSquares(a: number, length: number): number;

  /** Σ a b, likewise. a, b: (length). */
  dot(a: number, b: number, length: number): number;

  /** out ← a · x + b · y; out may be x or y. All: (length). Returns the largest |out|, NaN where one is not a number. */
  combine(out: number, x: number, y: number, length: number, a: number, b: number): number;

  /**
   * Σᵢ (Σₛ gw(s)ᵢ)², the shards added in their order in float32, as the update does; the rest in double precision.
   * gw(s): (length), `stride` bytes apart.
   */
  sumSquaredSums(gw: number, stride: number, shards: number, length: number): number;

  /** Σₙ (1 + |zₙ|²) |δₙ|²; the lengths of a row may be summed in float32. z: (rows, inputs); delta: (rows, outputs). */
  sumRowNorms(z: number, delta: number, rows: number, inputs: number, outputs: number): number;

  /** w ← keep · w − rate · clip · g. */
  descend(w: number, g: number, length: number, clip: number, rate: number, keep: number): number;

  /**
   * d = gain · (clip · g + decay · w); v ← momentum · v + d;
   * w ← keep · w − rate · v, or, `nesterov`, w ← keep · w − rate · (d + momentum · v).
   */
  momentum(
    w: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    gain: number,
    decay: number,
    momentum: number,
    rate: number,
    keep: number,
    nesterov: boolean,
  ): number;

  /** m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; w ← keep · w − rate · m / (root · √v + ε). */
  adam(
    w: number,
    m: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    beta1: number,
    beta2: number,
    rate: number,
    root: number,
    epsilon: number,
    keep: number,
  ): number;

  /** Adam's direction, in the place of g: m, v as there; g ← gain · m / (root · √v + ε) + decay · w. */
  adamDirection(
    g: number,
    m: number,
    v: number,
    w: number,
    length: number,
    clip: number,
    beta1: number,
    beta2: number,
    gain: number,
    root: number,
    epsilon: number,
    decay: number,
  ): void;

  /**
   * s ← β s + (1 − β) g²; d = g / (√s + ε); w ← keep · w − rate · d. With momentum, `v` not 0:
   * v ← momentum · v + d and v in the place of d.
   */
  rmsprop(
    w: number,
    s: number,
    v: number,
    g: number,
    length: number,
    clip: number,
    beta: number,
    epsilon: number,
    momentum: number,
    rate: number,
    keep: number,
  ): number;

  /** s ← s + g²; w ← keep · w − rate · g / (√s + ε). */
  adagrad(
    w: number,
    s: number,
    g: number,
    length: number,
    clip: number,
    epsilon: number,
    rate: number,
    keep: number,
  ): number;

  /**
   * Each parameter's own step `size`, from p, its gradient of the step before: where g p > 0 it grows 1.2 times, to 50
   * at most; where g p < 0 it halves, to 1e-6 at least, and g counts as 0. w ← w − sign(g) · size; p ← g. A size of 0 is
   * none yet: it begins at `first`.
   */
  rprop(w: number, p: number, size: number, g: number, length: number, clip: number, first: number): number;
}
