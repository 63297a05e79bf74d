/**
 * Exact values over a block of neighbouring floats, many times faster than one call each: where a polynomial through eight
 * of them agrees with others between them to 2⁻⁴⁰, it is taken for all.
 */

const DEGREE = 7;
/** Places in a block, from −1 to 1: the zeros of a Chebyshev polynomial. */
const NODES = Float64Array.from({ length: DEGREE + 1 }, (_, i) =>
  Math.cos((Math.PI * (i + 0.5)) / (DEGREE + 1)),
);
/** Places between them, and the ends. */
const CHECKED = Float64Array.from({ length: 41 }, (_, i) => i / 20 - 1);
const AGREEMENT = 2 ** -40;

/** values(i) ← exact(x(i)), x being floats of consecutive bits. */
export function exactValues(values: Float64Array, x: Float32Array, exact: (x: number) => number): void {
  const half = (x[x.length - 1]! - x[0]!) / 2;
  const middle = x[0]! + half;
  const at = (u: number) => exact(middle + half * u);
  const coefficients = dividedDifferences(NODES.map(at));
  const between = new Float64Array(CHECKED.length);
  interpolate(between, coefficients, CHECKED);
  const agrees = CHECKED.every((u, i) => {
    const value = at(u);
    // Also false if there is an infinity or NaN.
    return Math.abs(between[i]! - value) <= AGREEMENT * Math.abs(value);
  });
  if (agrees) interpolate(values, coefficients, placesOf(x.length));
  else for (let i = 0; i < x.length; i++) values[i] = exact(x[i]!);
}

/** values(i) ← the polynomial at u(i), by Newton's form. */
function interpolate(values: Float64Array, coefficients: Float64Array, u: Float64Array): void {
  for (let i = 0; i < values.length; i++) values[i] = coefficients[DEGREE]!;
  for (let k = DEGREE - 1; k >= 0; k--) {
    const c = coefficients[k]!;
    const node = NODES[k]!;
    for (let i = 0; i < values.length; i++) values[i] = values[i]! * (u[i]! - node) + c;
  }
}

/** Newton's coefficients of the polynomial with these values at the nodes. */
function dividedDifferences(c: Float64Array): Float64Array {
  for (let order = 1; order < c.length; order++) {
    for (let i = c.length - 1; i >= order; i--) c[i] = (c[i]! - c[i - 1]!) / (NODES[i]! - NODES[i - order]!);
  }
  return c;
}

let places = new Float64Array(0);

/** The places of so many floats in their block. */
function placesOf(count: number): Float64Array {
  if (places.length !== count)
    places = Float64Array.from({ length: count }, (_, i) => (2 * i) / (count - 1) - 1);
  return places;
}
