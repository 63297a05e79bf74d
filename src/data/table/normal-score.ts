/** The quantile function of the normal distribution, for ranks of data. Pure. */
import { log } from '../../elementary.js';

const CENTRE = {
  over: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  under: [
    5226.495278852855, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
};
const TAIL = {
  over: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  under: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
};

/** Distances from ½ within which the first approximation holds. */
const NEAR = 0.425;

/** z with Φ(z) = p, to about 1e-15, for 1e-10 < p < 1 − 1e-10 (Wichura 1988, algorithm AS 241). */
export function normalScore(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= NEAR) {
    const r = NEAR * NEAR - q * q;
    return (q * polynomial(CENTRE.over, r)) / polynomial(CENTRE.under, r);
  }
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p)) - 1.6;
  const size = polynomial(TAIL.over, r) / polynomial(TAIL.under, r);
  return q < 0 ? -size : size;
}

/** Coefficients of the highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
