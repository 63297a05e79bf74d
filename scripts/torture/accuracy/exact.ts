/**
 * Exact values over a block of neighbouring floats, a few times faster than one call each: where a polynomial through eight
 * of them agrees with others between them to 2⁻⁴⁰, it is taken for all.
 */

/** Places of a block, from −1 to 1: the zeros of a Chebyshev polynomial. */
const NODES = Array.from({ length: 8 }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / 8));
const CHECKED = 40;
const AGREEMENT = 2 ** -40;

/** values(i) ← exact(x(i)), x being floats of consecutive bits. */
export function exactValues(values: Float64Array, x: Float32Array, exact: (x: number) => number): void {
  const middle = (x.length - 1) / 2;
  const first = x[0]!;
  const step = x[1]! - first;
  const at = (u: number) => exact(first + step * middle * (1 + u));
  const coefficients = dividedDifferences(at);
  const [c0, c1, c2, c3, c4, c5, c6, c7] = coefficients as unknown as Eight;
  const [u0, u1, u2, u3, u4, u5, u6] = NODES as unknown as Eight;
  const interpolate = (u: number) => {
    const p = (((c7 * (u - u6) + c6) * (u - u5) + c5) * (u - u4) + c4) * (u - u3) + c3;
    return ((p * (u - u2) + c2) * (u - u1) + c1) * (u - u0) + c0;
  };
  for (let i = 0; i <= CHECKED; i++) {
    const u = (2 * i) / CHECKED - 1;
    const value = at(u);
    // Also false if there is an infinity or NaN.
    if (Math.abs(interpolate(u) - value) <= AGREEMENT * Math.abs(value)) continue;
    for (let j = 0; j < x.length; j++) values[j] = exact(x[j]!);
    return;
  }
  for (let i = 0; i < x.length; i++) values[i] = interpolate(i / middle - 1);
}

type Eight = readonly [number, number, number, number, number, number, number, number];

/** Newton's coefficients of the polynomial through f at the nodes. */
function dividedDifferences(f: (u: number) => number): number[] {
  const c = NODES.map(f);
  for (let order = 1; order < c.length; order++) {
    for (let i = c.length - 1; i >= order; i--) c[i] = (c[i]! - c[i - 1]!) / (NODES[i]! - NODES[i - order]!);
  }
  return c;
}
