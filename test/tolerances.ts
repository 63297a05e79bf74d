/**
 * How close two numbers have to be, by name, each with its reason: the one place for it.
 * Same-bits promises need no tolerance: they are judged by equality.
 */

/** a is close to the expected b where |a − b| ≤ absolute + relative · |b|. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/**
 * The same formula in float64, sums in another order: some hundred roundings of 1.1e-16, of terms near 1.
 */
export const FLOAT64_ROUNDING: Tolerance = { relative: 1e-12, absolute: 1e-13 };

/**
 * Central differences with h = 7.6e-6: h²/6 · E‴ ≈ 1e-11 · E‴, with |E‴| below 1e3 in the tests' networks, plus
 * rounding, 3e-11 · E.
 */
export const CENTRAL_DIFFERENCES: Tolerance = { relative: 1e-7, absolute: 2e-8 };

/**
 * The oracle's file holds 12 significant digits (5e-13 relative), and twenty steps of descent carry
 * rounding along.
 */
export const ORACLE_FILE: Tolerance = { relative: 1e-11, absolute: 1e-12 };

/** Float32 products and sums of some hundred terms near 1: a few roundings of 6e-8 each. */
export const FLOAT32_GRADIENT: Tolerance = { relative: 1e-5, absolute: 2e-6 };

/** Twenty to fifty steps of float32 descent beside float64: the promise is 1e-4 relative. */
export const FLOAT32_DESCENT: Tolerance = { relative: 1e-4, absolute: 1e-5 };

/** Least squares by another solver: three digits are promised; both stop far closer to the minimum. */
export const FIT_ORACLE: Tolerance = { relative: 1e-5, absolute: 1e-12 };

/** Twenty float32 steps of an update rule beside float64: the promise is 1e-5 relative, of weights near 1. */
export const FLOAT32_RULES: Tolerance = { relative: 1e-5, absolute: 2e-6 };
