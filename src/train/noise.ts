/**
 * Gradient noise scale during training (McCandlish et al., arXiv 1812.06162, appendix A.1): the batch size at which the
 * noise of the gradient is as large as the gradient. It is estimated from the norms of single rows' gradients, which
 * cost almost nothing: |∂Eₙ/∂W(l)|² = (1 + |zₙ(l−1)|²) |δₙ(l)|² (Goodfellow, arXiv 1510.01799). Pure functions.
 */

/** Squared norms of the mean gradients of a small and a large number of rows, at the same weights. */
interface SquaredNorms {
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

/** Estimate from the steps of an epoch so far, for the gradient of the mean error before penalties and clipping. */
export interface NoiseEstimate {
  /** |G|² */
  squaredGradient: number;
  /** tr Σ of one row's gradient. */
  trace: number;
  /** tr Σ / |G|², in rows; null if the noise is so large that the estimate of |G|² is not above 0. */
  scale: number | null;
  /** From the scatter of the steps, which includes what the epoch changed; null if there is one step. */
  standardError: number | null;
}

/**
 * Means of |G|² and tr Σ over the steps, weighted by their rows.
 * @param sums Σ |∇Eₙ|² and |Σ ∇Eₙ|² of each step
 * @param rows of each step; steps of one row are left out
 * @returns null if no step has two rows or more
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
  // Standard error of a ratio of means: the scatter of each step's numerator − ratio · denominator.
  const scatter = steps.reduce((sum, one) => {
    const more = one.weight * (one.trace - scale * one.squaredGradient);
    return sum + more * more;
  }, 0);
  const n = steps.length;
  const error = n < 2 ? null : Math.sqrt((scatter * n) / (n - 1)) / total / squaredGradient;
  return { squaredGradient, trace, scale, standardError: error };
}
