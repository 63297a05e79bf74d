/** Linear least squares, and the covariance of fitted parameters. */
import { inverse, Matrix, solve } from 'ml-matrix';

/** The x that minimises |A x − b|², by QR decomposition. */
export function leastSquares(a: number[][], b: number[]): number[] {
  return solve(new Matrix(a), Matrix.columnVector(b)).to1DArray();
}

/**
 * σ² (JᵀJ)⁻¹ over the free parameters, zero elsewhere.
 * @param jacobian (observations, parameters)
 * @param variance σ² of the residuals
 */
export function covariance(
  jacobian: readonly (readonly number[])[],
  free: readonly boolean[],
  variance: number,
): number[][] {
  const columns = free.flatMap((isFree, column) => (isFree ? [column] : []));
  const j = new Matrix(jacobian.map(row => columns.map(column => row[column]!)));
  // Columns of very different magnitude, such as those of γ and β, are scaled to length 1 before the
  // inversion.
  const lengths = columns.map((_, column) => Math.hypot(...j.getColumn(column)));
  lengths.forEach((length, column) => {
    j.mulColumn(column, 1 / length);
  });
  const inverted = inverse(j.transpose().mmul(j));
  const whole = free.map(() => free.map(() => 0));
  columns.forEach((row, i) => {
    columns.forEach((column, k) => {
      whole[row]![column] = (variance * inverted.get(i, k)) / (lengths[i]! * lengths[k]!);
    });
  });
  return whole;
}
