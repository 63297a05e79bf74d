/**
 * exp, log, tanh and the logistic function of four floats at once, at most 4 units in the last place from
 * the exact value over the whole range, infinities and NaN included (test/kernels/math.test.ts).
 *
 * exp and log reduce their argument to a small interval around 0 or 1 and use a polynomial there, with the
 * coefficients of Moshier's Cephes library (expf, logf). tanh x = t / (t + 2) with t = e^2x − 1, which is
 * made of the same polynomial without losing the digits of a small x.
 */

const LOG2_E: f32 = 1.4426950408889634;
// ln 2 in two parts: the first has few enough bits that n · LN2_HIGH is exact for |n| < 256.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;
// Added to a small number, it leaves it rounded to a whole one, in the lowest bits: 1.5 · 2²³.
const ROUNDER: f32 = 12582912;
// e^x overflows beyond the first and is below half the smallest float beyond the second.
const EXP_MOST: f32 = 88.8;
const EXP_LEAST: f32 = -104.0;
// tanh x rounds to 1 from 9.02 on.
const TANH_MOST: f32 = 10;
// e^x − 1 rounds to −1 from −17.4 down.
const EXPM1_LEAST: f32 = -20;

@inline
function polynomial(x: v128, high: v128, low: f32): v128 {
  return f32x4.add(f32x4.mul(high, x), f32x4.splat(low));
}

/** ROUNDER + n with n = x / ln 2, rounded to a whole number. */
@inline
function countTwos(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(LOG2_E)), f32x4.splat(ROUNDER));
}

/** 2^n as a float from the bits of ROUNDER + n, for n from −126 to 127. */
@inline
function powerOfTwo(bits: v128): v128 {
  return i32x4.add(i32x4.shl(bits, 23), f32x4.splat(1));
}

/** e^r − 1 for r = x − n ln 2, where twos = ROUNDER + n. */
@inline
function expOfRest(x: v128, twos: v128): v128 {
  const n = f32x4.sub(twos, f32x4.splat(ROUNDER));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.9875691500e-4);
  p = polynomial(r, p, 1.3981999507e-3);
  p = polynomial(r, p, 8.3334519073e-3);
  p = polynomial(r, p, 4.1665795894e-2);
  p = polynomial(r, p, 1.6666665459e-1);
  p = polynomial(r, p, 5.0000001201e-1);
  return f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r);
}

/** e^x. */
@inline
export function exp4(x: v128): v128 {
  // pmin(a, b) = b < a ? b : a keeps a NaN in its first operand, and is one instruction where min is ten.
  const inside = f32x4.pmax(f32x4.pmin(x, f32x4.splat(EXP_MOST)), f32x4.splat(EXP_LEAST));
  const twos = countTwos(inside);
  const e = f32x4.add(expOfRest(inside, twos), f32x4.splat(1));
  // 2^n in two factors: n runs from −150 to 128, beyond what one exponent field can hold.
  const n = i32x4.sub(twos, f32x4.splat(ROUNDER));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(e, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

/** ln x for normal x ≥ 2⁻¹²⁶; what is not (0, negative, NaN) is the caller's care. */
@inline
export function log4(x: v128): v128 {
  const bits = v128.and(x, i32x4.splat(0x007fffff));
  // mantissa in [½, 1), exponent to match; below √½ the mantissa is doubled, so that it surrounds 1.
  let mantissa = v128.or(bits, i32x4.splat(0x3f000000));
  let exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  const small = f32x4.lt(mantissa, f32x4.splat(0.707106781186547524));
  exponent = f32x4.sub(exponent, v128.and(small, f32x4.splat(1)));
  mantissa = f32x4.add(f32x4.sub(mantissa, f32x4.splat(1)), v128.and(small, mantissa));
  const square = f32x4.mul(mantissa, mantissa);
  let p = f32x4.splat(7.0376836292e-2);
  p = polynomial(mantissa, p, -1.151461031e-1);
  p = polynomial(mantissa, p, 1.167699874e-1);
  p = polynomial(mantissa, p, -1.2420140846e-1);
  p = polynomial(mantissa, p, 1.4249322787e-1);
  p = polynomial(mantissa, p, -1.6668057665e-1);
  p = polynomial(mantissa, p, 2.0000714765e-1);
  p = polynomial(mantissa, p, -2.4999993993e-1);
  p = polynomial(mantissa, p, 3.3333331174e-1);
  p = f32x4.mul(f32x4.mul(p, mantissa), square);
  p = f32x4.add(p, f32x4.mul(exponent, f32x4.splat(LN2_LOW)));
  p = f32x4.sub(p, f32x4.mul(square, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(mantissa, p), f32x4.mul(exponent, f32x4.splat(LN2_HIGH)));
}

/** ln(1 + u) for u ≥ 0, accurate for small u too: ln(w) · u / (w − 1) with w = 1 + u rounded. */
@inline
export function logOnePlus4(u: v128): v128 {
  const one = f32x4.splat(1);
  const w = f32x4.add(one, u);
  const corrected = f32x4.div(f32x4.mul(log4(w), u), f32x4.sub(w, one));
  return v128.bitselect(u, corrected, f32x4.eq(w, one));
}

/** 1 / (1 + e^−x), as e / (1 + e) with e = e^x for negative x, so that small results keep their digits. */
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const above = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(above, f32x4.add(one, e));
}

/** e^x − 1 for x within ±87, without losing the digits of a small x. */
@inline
function expMinusOneWithin(x: v128): v128 {
  const twos = countTwos(x);
  const power = powerOfTwo(twos);
  const below = f32x4.sub(power, f32x4.splat(1));
  return f32x4.add(f32x4.mul(power, expOfRest(x, twos)), below);
}

/** e^x − 1 for x ≤ 0; x > 0 is taken for 0, a NaN for itself. */
@inline
export function expMinusOneBelow(x: v128): v128 {
  const inside = f32x4.pmax(f32x4.pmin(x, f32x4.splat(0)), f32x4.splat(EXPM1_LEAST));
  return expMinusOneWithin(inside);
}

/** tanh x. */
@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const size = f32x4.pmin(f32x4.abs(x), f32x4.splat(TANH_MOST));
  const t = expMinusOneWithin(f32x4.add(size, size));
  return v128.or(f32x4.div(t, f32x4.add(t, f32x4.splat(2))), sign);
}
