/**
 * exp, log, tanh and the logistic function in float32, at most 2 units in the last place from the exact value over the
 * whole range, infinities and NaN included (scripts/torture/accuracy measures it for every float).
 *
 * exp and log reduce their argument to a small interval around 0 or 1 and use a polynomial there, with the coefficients of
 * Moshier's Cephes library (expf, logf). tanh x = t / (t + 2) with t = e^2x − 1. The errors of sin and cos are absolute.
 */
import type { Operations } from './operations.js';

const LOG2_E = Math.LOG2E;
// ln 2 in two parts: the first has few enough bits that n · LN2_HIGH is exact for |n| < 256.
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
// ln 2 rounded to 21 bits, which is less than 2⁻²⁸ off: n · LN2 is exact for |n| < 12.
const LN2 = 1453635 / 2 ** 21;
// Added to a small number, it leaves it rounded to a whole one, in the lowest bits: 1.5 · 2²³.
const ROUNDER = 12582912;
// 2π in three parts: the first two have few enough bits that whole multiples below 2¹⁵ are exact.
const TURN_HIGH = 6.28125;
const TURN_MIDDLE = 127 / 2 ** 16;
const TURN_LOW = 2 * Math.PI - TURN_HIGH - TURN_MIDDLE;
// Beyond it, neighbouring floats are too far apart for sin and cos to say anything.
const ANGLE_MOST = 100_000;
// ½π and π in two parts.
const QUARTER = Math.fround(Math.PI / 2);
const QUARTER_REST = Math.PI / 2 - QUARTER;
// Of r¹¹, r⁹, …, r: the series of sin r, whose next term is 6e-8 at r = ½π.
const SINE_COEFFICIENTS = [-1 / 39_916_800, 1 / 362_880, -1 / 5040, 1 / 120, -1 / 6, 1];
// e^x overflows beyond the first and is below half the smallest float beyond the second.
const EXP_MOST = 88.8;
const EXP_LEAST = -104;
// tanh x rounds to 1 from 9.02 on.
const TANH_MOST = 10;
// Below it, tanh x is computed from e^−2x: any number between 0.126 and ¼ ln 2.
const TANH_TURN = 0.15;
// e^x − 1 rounds to −1 from −17.4 down.
const EXPM1_LEAST = -20;

const EXP_COEFFICIENTS = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
];
// (e^r − 1 − r) / r² for tanh: a minimax fit with more weight on r < 0, rounded so that tanh has the smallest error.
const TANH_COEFFICIENTS = [1.348207239e-3, 8.36155843e-3, 4.167278111e-2, 1.666659862e-1, 4.999998808e-1];
const LOG_COEFFICIENTS = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];

/** Horner's rule, the coefficient of the highest power first. */
export function polynomial<V, M>(o: Operations<V, M>, x: V, coefficients: readonly number[]): V {
  const [highest, ...others] = coefficients;
  return others.reduce((sum, c) => o.add(o.multiply(sum, x), o.constant(c)), o.constant(highest!));
}

export function absolute<V, M>(o: Operations<V, M>, x: V): V {
  return o.and(x, o.word(0x7fffffff));
}

export function negative<V, M>(o: Operations<V, M>, x: V): V {
  return o.xor(x, o.word(0x80000000));
}

/** −1, 0 or 1 by the sign of x. */
export function sign<V, M>(o: Operations<V, M>, x: V): V {
  const one = o.or(o.and(x, o.word(0x80000000)), o.constant(1));
  return o.choose(o.isEqual(x, o.constant(0)), o.constant(0), one);
}

/** ROUNDER + n with n = x / ln 2, rounded to a whole number. */
function countTwos<V, M>(o: Operations<V, M>, x: V): V {
  return o.add(o.multiply(x, o.constant(LOG2_E)), o.constant(ROUNDER));
}

/** 2^n as a float from the bits of ROUNDER + n, for n from −126 to 127. */
function powerOfTwo<V, M>(o: Operations<V, M>, bits: V): V {
  return o.addWords(o.shiftLeft(bits, 23), o.constant(1));
}

/** e^r − 1 for r = x − n ln 2, where twos = ROUNDER + n. */
function expOfRest<V, M>(o: Operations<V, M>, x: V, twos: V): V {
  const n = o.subtract(twos, o.constant(ROUNDER));
  const high = o.subtract(x, o.multiply(n, o.constant(LN2_HIGH)));
  const r = o.subtract(high, o.multiply(n, o.constant(LN2_LOW)));
  const p = polynomial(o, r, EXP_COEFFICIENTS);
  return o.add(o.multiply(p, o.multiply(r, r)), r);
}

/** e^x. */
export function exp<V, M>(o: Operations<V, M>, x: V): V {
  const inside = o.larger(o.smaller(x, o.constant(EXP_MOST)), o.constant(EXP_LEAST));
  const twos = countTwos(o, inside);
  const e = o.add(expOfRest(o, inside, twos), o.constant(1));
  // 2^n in two factors: n runs from −150 to 128, beyond what one exponent field can hold.
  const n = o.subtractWords(twos, o.constant(ROUNDER));
  const half = o.shiftRightSigned(n, 1);
  const first = o.multiply(e, powerOfTwo(o, half));
  return o.multiply(first, powerOfTwo(o, o.subtractWords(n, half)));
}

/** ln x for normal x ≥ 2⁻¹²⁶; what is not (0, negative, NaN) is the caller's care. */
export function log<V, M>(o: Operations<V, M>, x: V): V {
  // The mantissa in [½, 1), and the exponent to match; below √½ the mantissa is doubled, so that it surrounds 1.
  const half = o.or(o.and(x, o.word(0x007fffff)), o.word(0x3f000000));
  const whole = o.fromWhole(o.subtractWords(o.shiftRight(x, 23), o.word(126)));
  const isSmall = o.isBelow(half, o.constant(Math.SQRT1_2));
  const zero = o.constant(0);
  const exponent = o.subtract(whole, o.choose(isSmall, o.constant(1), zero));
  const mantissa = o.add(o.subtract(half, o.constant(1)), o.choose(isSmall, half, zero));
  const square = o.multiply(mantissa, mantissa);
  let p = o.multiply(o.multiply(polynomial(o, mantissa, LOG_COEFFICIENTS), mantissa), square);
  p = o.add(p, o.multiply(exponent, o.constant(LN2_LOW)));
  p = o.subtract(p, o.multiply(square, o.constant(0.5)));
  return o.add(o.add(mantissa, p), o.multiply(exponent, o.constant(LN2_HIGH)));
}

/** ln(1 + u) for u ≥ 0, accurate for small u too: ln(w) · u / (w − 1) with w = 1 + u rounded. */
export function logOnePlus<V, M>(o: Operations<V, M>, u: V): V {
  const one = o.constant(1);
  const w = o.add(one, u);
  const corrected = o.divide(o.multiply(log(o, w), u), o.subtract(w, one));
  return o.choose(o.isEqual(w, one), u, corrected);
}

/** 1 / (1 + e^−x), as e / (1 + e) with e = e^x for negative x, so that small results keep their digits. */
export function sigmoid<V, M>(o: Operations<V, M>, x: V): V {
  const one = o.constant(1);
  const e = exp(o, negative(o, absolute(o, x)));
  const above = o.choose(o.isBelow(x, o.constant(0)), e, one);
  return o.divide(above, o.add(one, e));
}

/** e^x − 1 for x within ±87, without losing the digits of a small x. */
function expMinusOneWithin<V, M>(o: Operations<V, M>, x: V): V {
  const twos = countTwos(o, x);
  const power = powerOfTwo(o, twos);
  const below = o.subtract(power, o.constant(1));
  return o.add(o.multiply(power, expOfRest(o, x, twos)), below);
}

/** e^x − 1 for x ≤ 0; x > 0 is taken for 0, a NaN for itself. */
export function expMinusOneBelow<V, M>(o: Operations<V, M>, x: V): V {
  const inside = o.larger(o.smaller(x, o.constant(0)), o.constant(EXPM1_LEAST));
  return expMinusOneWithin(o, inside);
}

/**
 * tanh x = t / (t + 2) with t = e^y − 1 and y = 2 |x|; for small x −t / (t + 2) with y = −2 |x|, since then rounding t + 2,
 * which is below 2, loses half as much, and |t| is below 2 |x|, so that it loses no more than tanh x by rounding.
 * With e^y = 2^n e^r and e^r = 1 + r + p r², t = (2^n r + 2^n − 1) + 2^n p r². The first sum is exact for y > 0.
 */
export function tanh<V, M>(o: Operations<V, M>, x: V): V {
  const sign = o.and(x, o.word(0x80000000));
  const size = o.smaller(absolute(o, x), o.constant(TANH_MOST));
  const turned = o.and(o.subtract(size, o.constant(TANH_TURN)), o.word(0x80000000));
  const y = o.or(o.add(size, size), turned);
  const twos = countTwos(o, y);
  const r = o.subtract(y, o.multiply(o.subtract(twos, o.constant(ROUNDER)), o.constant(LN2)));
  const power = powerOfTwo(o, twos);
  const scaled = o.multiply(power, r);
  const main = o.add(scaled, o.subtract(power, o.constant(1)));
  const t = o.add(main, o.multiply(scaled, o.multiply(polynomial(o, r, TANH_COEFFICIENTS), r)));
  return o.or(absolute(o, o.divide(t, o.add(t, o.constant(2)))), sign);
}

/** What is left of an angle, −π to π, without whole turns. */
function withoutTurns<V, M>(o: Operations<V, M>, x: V): V {
  const inside = o.larger(o.smaller(x, o.constant(ANGLE_MOST)), o.constant(-ANGLE_MOST));
  const turns = o.add(o.multiply(inside, o.constant(1 / (2 * Math.PI))), o.constant(ROUNDER));
  const n = o.subtract(turns, o.constant(ROUNDER));
  const high = o.subtract(inside, o.multiply(n, o.constant(TURN_HIGH)));
  const middle = o.subtract(high, o.multiply(n, o.constant(TURN_MIDDLE)));
  return o.subtract(middle, o.multiply(n, o.constant(TURN_LOW)));
}

/** sin r for r within ±½π. */
function sinNear<V, M>(o: Operations<V, M>, r: V): V {
  return o.multiply(polynomial(o, o.multiply(r, r), SINE_COEFFICIENTS), r);
}

/** ½π − r for r ≥ 0. */
function complement<V, M>(o: Operations<V, M>, r: V): V {
  return o.add(o.subtract(o.constant(QUARTER), r), o.constant(QUARTER_REST));
}

/** cos x, at most 3e-7 from it for |x| up to 100,000; beyond, that of ±100,000. */
export function cos<V, M>(o: Operations<V, M>, x: V): V {
  return sinNear(o, complement(o, absolute(o, withoutTurns(o, x))));
}

/** sin x, likewise: sin |r| = sin(½π − |½π − |r||). */
export function sin<V, M>(o: Operations<V, M>, x: V): V {
  const r = withoutTurns(o, x);
  const size = complement(o, absolute(o, complement(o, absolute(o, r))));
  return o.xor(sinNear(o, size), o.and(r, o.word(0x80000000)));
}
