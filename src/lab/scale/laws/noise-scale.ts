/**
 * The gradient noise scale: the batch size at which the gradient's noise is as large as the gradient
 * (McCandlish et al., arXiv 1812.06162, appendix A.1). Pure functions.
 */
import { unbiased } from '../../../train/noise.js';
import type { NoiseScale } from '../batch-schema.js';
import { estimate } from './estimate.js';

export interface GradientNorms {
  /** |G_b|² of several small batches with `smallRows` rows each. */
  small: number[];
  smallRows: number;
  /** |G_B|² of one large batch. */
  large: number;
  largeRows: number;
}

/**
 * |G|² = (B |G_B|² − b |G_b|²)/(B − b), tr Σ = (|G_b|² − |G_B|²)/(1/b − 1/B), both unbiased, where |G_b|² is the mean over the small batches. The scale is their ratio; its error comes from the scatter of |G_b|².
 */
export function noiseScale(norms: GradientNorms): Pick<NoiseScale, 'squaredGradient' | 'trace' | 'scale'> {
  const { small, smallRows: b, largeRows: B } = norms;
  const mean = small.reduce((sum, norm) => sum + norm, 0) / small.length;
  const { squaredGradient, trace } = unbiased({ ...norms, small: mean });
  if (!(squaredGradient > 0)) return { squaredGradient, trace, scale: null };
  const squares = small.reduce((sum, norm) => sum + (norm - mean) ** 2, 0);
  const error = Math.sqrt(squares / (small.length - 1) / small.length);
  // d(tr/|G|²)/d(mean), as both depend on the mean.
  const slope = 1 / (1 / b - 1 / B) / squaredGradient + (trace * b) / (B - b) / squaredGradient ** 2;
  const standardError = small.length > 1 ? Math.abs(slope) * error : null;
  return {
    squaredGradient,
    trace,
    scale: estimate(trace / squaredGradient, standardError, small.length - 1),
  };
}
