/** Student's t distribution, for intervals from few measurements. Pure functions. */

/**
 * P(|T| ≤ t) for ν degrees of freedom, an integer: the finite sums of Abramowitz and Stegun, 26.7.3 and
 * 26.7.4, in θ = atan(t / √ν).
 */
function studentWithin(t: number, degreesOfFreedom: number): number {
  const theta = Math.atan(t / Math.sqrt(degreesOfFreedom));
  const odd = degreesOfFreedom % 2 === 1;
  const cosine = Math.cos(theta);
  let term = odd ? cosine : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degreesOfFreedom - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

/** t with P(|T| ≤ t) = confidence: 12.71 for 0.95 and one degree of freedom, 1.96 for very many. */
export function studentQuantile(confidence: number, degreesOfFreedom: number): number {
  // tan maps (0, π/2) to all t, so that bisection terminates even for the heaviest tail.
  let low = 0;
  let high = Math.PI / 2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (studentWithin(Math.tan(middle), degreesOfFreedom) < confidence) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2);
}
