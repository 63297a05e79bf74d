/**
 * Mish, a tanh(ln(1 + e^a)), of four floats at once. With e = e^−|a|, which can't overflow, and n = e^a,
 * tanh(ln(1 + n)) = ((1 + n)² − 1) / ((1 + n)² + 1) = p / q, where q − p = r:
 *
 *   a ≤ 0, n = e:      p = e² + 2e   r = 2
 *   a > 0, n = 1 / e:  p = 1 + 2e    r = 2e²
 */
import { exp4 } from './math';

@inline
function isAbove(a: v128): v128 {
  return f32x4.gt(a, f32x4.splat(0));
}

/** e^−|a|; a NaN for itself. */
@inline
function fall(a: v128): v128 {
  return exp4(f32x4.neg(f32x4.abs(a)));
}

@inline
function numerator(a: v128, e: v128): v128 {
  const first = v128.bitselect(f32x4.splat(1), f32x4.mul(e, e), isAbove(a));
  return f32x4.add(first, f32x4.add(e, e));
}

@inline
function rest(a: v128, e: v128): v128 {
  const two = f32x4.splat(2);
  return v128.bitselect(f32x4.mul(two, f32x4.mul(e, e)), two, isAbove(a));
}

/** a tanh(ln(1 + e^a)) = a p / q. */
@inline
export function mish4(a: v128): v128 {
  const e = fall(a);
  const p = numerator(a, e);
  return f32x4.mul(a, f32x4.div(p, f32x4.add(p, rest(a, e))));
}

/** t + a (1 − t²) σ(a) with t = p / q, whose 1 − t² = (r / q) (1 + t) loses no digits where t is near 1. */
@inline
export function deriveMish4(a: v128): v128 {
  const one = f32x4.splat(1);
  const e = fall(a);
  const p = numerator(a, e);
  const r = rest(a, e);
  const q = f32x4.add(p, r);
  const t = f32x4.div(p, q);
  const sigmoid = f32x4.div(v128.bitselect(one, e, isAbove(a)), f32x4.add(one, e));
  const slope = f32x4.mul(f32x4.mul(f32x4.div(r, q), f32x4.add(one, t)), sigmoid);
  return f32x4.add(t, f32x4.mul(a, slope));
}
