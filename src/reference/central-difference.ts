/**
 * Gradient of a function of many variables by central differences, in float64. It uses no derivatives, so it
 * cannot share their errors.
 */

/**
 * Half the step, relative to max(1, |w|). The truncation error is about h²/6 · E‴, the rounding error 2⁻⁵³ E
 * / h; they balance near h = (2⁻⁵³)^⅓ ≈ 5e-6, where both are near 1e-11 · E. A power of two, so that w ± h is
 * exact for most w.
 */
const RELATIVE_STEP = 2 ** -17;

/** ∂f/∂wᵢ ≈ (f(w + h eᵢ) − f(w − h eᵢ)) / 2h for each i. `f` must not keep its argument. */
export function differentiateNumerically(f: (w: Float64Array) => number, w: ArrayLike<number>): Float64Array {
  const point = Float64Array.from(w);
  return Float64Array.from(w, (centre, i) => {
    const h = RELATIVE_STEP * Math.max(1, Math.abs(centre));
    point[i] = centre + h;
    const above = f(point);
    point[i] = centre - h;
    const below = f(point);
    point[i] = centre;
    return (above - below) / (2 * h);
  });
}
