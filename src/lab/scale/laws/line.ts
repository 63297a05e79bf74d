/** A law with one parameter, a line through the origin: y = s x, by least squares. Pure functions. */
import type { Estimate } from '../study-header.js';
import { estimate } from './estimate.js';

export interface Slope {
  /** s = Σ x y / Σ x² */
  parameter: Estimate;
  /** √(Σ (y − s x)² / (n − 1)) */
  residualStandardError: number;
  degreesOfFreedom: number;
}

/**
 * The slope and its error. The error combines the scatter around the line, σ²/Σ x², with the error that all y
 * share because they were divided by the same measured time T₁: (∂s/∂ ln T₁)² · (relative error of T₁)².
 * @param shift ∂y/∂ ln T₁ of each y
 */
export function fitSlope(
  x: readonly number[],
  y: readonly number[],
  shift: readonly number[],
  relativeError: number,
): Slope {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const squares = dot(x, x);
  const slope = dot(x, y) / squares;
  const residuals = y.map((value, i) => value - slope * x[i]!);
  const degreesOfFreedom = x.length - 1;
  const variance = degreesOfFreedom > 0 ? dot(residuals, residuals) / degreesOfFreedom : 0;
  const common = (dot(x, shift) / squares) * relativeError;
  const standardError = degreesOfFreedom > 0 ? Math.sqrt(variance / squares + common ** 2) : null;
  return {
    parameter: estimate(slope, standardError, degreesOfFreedom),
    residualStandardError: Math.sqrt(variance),
    degreesOfFreedom,
  };
}
