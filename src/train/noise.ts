/**
 * The gradient noise scale while training (McCandlish et al., arXiv 1812.06162, appendix A.1): how many rows a batch
 * has to have for its gradient's noise to be as large as the gradient. From the gradients of single rows, which cost
 * next to nothing: |∂Eₙ/∂W(l)|² = (1 + |zₙ(l−1)|²) |δₙ(l)|² (Goodfellow, arXiv 1510.01799). Pure functions.
 */

/** Squared lengths of mean gradients of a small and of a large number of rows, at the same weights. */
export interface SquaredNorms {
  small: number;
  smallRows: number;
  large: number;
  largeRows: number;
}

/** |G|² = (B |G_B|² − b |G_b|²)/(B − b), tr Σ = (|G_b|² − |G_B|²)/(1/b − 1/B), both unbiased. */
export function unbiased({ small, smallRows: b, large, largeRows: B }: SquaredNorms) {
  return {
    squaredGradient: (B * large - b * small) / (B - b),
    trace: (small - large) / (1 / b - 1 / B),
  };
}

/** Over the steps of an epoch so far, of the gradient of the mean error, before penalties and clipping. */
export interface NoiseEstimate {
  /** |G|². */
  squaredGradient: number;
  /** tr Σ, of the gradient of one row. */
  trace: number;
  /** Their ratio, in rows; null where the noise drowns the gradient, so that |G|² is not above 0. */
  scale: number | null;
  /** By the scatter of the steps, in which what the epoch changed is too; null of one step. */
  standardError: number | null;
}

/**
 * Means over the steps, weighted by their rows, numerator and denominator by themselves.
 * @param sums of each step Σ |∇Eₙ|² and |Σ ∇Eₙ|²
 * @param rows of each step; those of one row say nothing
 * @returns null where no step has two rows or more
 */
export function estimateNoise(sums: Float64Array, rows: readonly number[]): NoiseEstimate | null {
  const steps = rows.flatMap((count, i) => {
    const norms = { small: sums[2 * i]! / count, large: sums[2 * i + 1]! / (count * count) };
    return count < 2 ? [] : [{ weight: count, ...unbiased({ ...norms, smallRows: 1, largeRows: count }) }];
  });
  if (steps.length === 0) return null;
  const total = steps.reduce((sum, { weight }) => sum + weight, 0);
  const squaredGradient = steps.reduce((sum, one) => sum + one.weight * one.squaredGradient, 0) / total;
  const trace = steps.reduce((sum, one) => sum + one.weight * one.trace, 0) / total;
  if (!(squaredGradient > 0)) return { squaredGradient, trace, scale: null, standardError: null };
  const scale = trace / squaredGradient;
  // Of a ratio of means: the scatter of what each step has more than the ratio.
  const scatter = steps.reduce((sum, one) => {
    const more = one.weight * (one.trace - scale * one.squaredGradient);
    return sum + more * more;
  }, 0);
  const n = steps.length;
  const error = n < 2 ? null : Math.sqrt((scatter * n) / (n - 1)) / total / squaredGradient;
  return { squaredGradient, trace, scale, standardError: error };
}
