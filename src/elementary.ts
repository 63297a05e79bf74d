/**
 * Elementary functions with the same bits everywhere: they use only IEEE 754 operations on doubles (+ − × ÷ and
 * comparisons) and integers, in a fixed order. Those of `Math` differ in the last bit between engines and between releases
 * of one engine. Everything that affects a weight, a row or a decision uses these; scripts/tools/own-mathematics.grit
 * enforces it. Each is within 1 ulp, a unit in the last place, of the exact value, as scripts/oracles/elementary.py measures.
 *
 * The methods and coefficients of log and cos are from Sun's fdlibm (https://netlib.org/fdlibm: e_log.c, k_sin.c, k_cos.c).
 * exp and the logarithm in pow are Taylor series. The rounding errors of sums and products, which are added back, are computed
 * as in Dekker 1971, "A floating-point technique for extending the available precision".
 */

/** ln 2 in two parts: the first has 33 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** π − Math.PI. */
const PI_LOW = 1.2246467991473532e-16;
const SMALLEST_NORMAL = 2 ** -1022;
/** Multiplying by this splits a double in two halves. */
const SPLIT = 2 ** 27 + 1;

/** Its first byte is the number's sign and the upper part of the exponent, on every machine. */
const bits = new DataView(new ArrayBuffer(8));

/** 2ⁿ for n = −1022, …, 1023. */
export function powerOfTwo(n: number): number {
  bits.setInt32(0, (n + 1023) << 20);
  bits.setInt32(4, 0);
  return bits.getFloat64(0);
}

/** y · 2ⁿ, rounded once, for |n| below 1077. */
function scale(y: number, n: number): number {
  if (n > 1023) return y * 2 ** 54 * powerOfTwo(n - 54);
  if (n < -1022) return y * powerOfTwo(n + 54) * 2 ** -54;
  return y * powerOfTwo(n);
}

/** The integer n with x · 2⁻ⁿ between √½ and √2, or just beyond; x > 0, finite. */
function exponentOf(x: number): number {
  if (x < SMALLEST_NORMAL) return exponentOf(x * 2 ** 54) - 54;
  bits.setFloat64(0, x);
  const high = bits.getInt32(0);
  return (high >> 20) - 1023 + ((high & 0xfffff) > 0x6a09e ? 1 : 0);
}

/** a · b − product, exactly, if product is a · b rounded. |a|, |b| < 2⁹⁹⁰. */
function productError(a: number, b: number, product: number): number {
  // Each factor in two parts of 26 bits, whose products are exact.
  const splitA = a * SPLIT;
  const splitB = b * SPLIT;
  const highA = splitA - (splitA - a);
  const highB = splitB - (splitB - b);
  const lowA = a - highA;
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** n ln 2 + ln(1 + f) + rest, for 1 + f between √½ and √2: with s = f / (2 + f), ln(1 + f) = 2 artanh s. */
function logNear(f: number, n: number, rest: number): number {
  const s = f / (2 + f);
  const t = s * s;
  let p = 0.14798198605116586;
  p = p * t + 0.15313837699209373;
  p = p * t + 0.1818357216161805;
  p = p * t + 0.22222198432149784;
  p = p * t + 0.2857142874366239;
  p = p * t + 0.3999999999940942;
  p = p * t + 0.6666666666666735;
  const half = 0.5 * f * f;
  return n * LN2_HIGH - (half - (s * (half + p * t) + (n * LN2_LOW + rest)) - f);
}

/** ln x. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const n = exponentOf(x);
  return logNear(scale(x, -n) - 1, n, 0);
}

/** ln(1 + x), accurate for small x too. */
export function log1p(x: number): number {
  if (x === 0 || x === Number.POSITIVE_INFINITY) return x;
  if (!(x > -1)) return x === -1 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x > -0.29 && x < 0.41) return logNear(x, 0, 0);
  const w = 1 + x;
  const lost = x < 1 ? x - (w - 1) : 1 - (w - x);
  const n = exponentOf(w);
  return logNear(scale(w, -n) - 1, n, lost / w);
}

/** eʳ − 1 − r = r²/2! + r³/3! + … for |r| up to ½ ln 2; the first term that is left out is 1e-19. */
function expRest(r: number): number {
  let p = 1 / 87_178_291_200;
  p = p * r + 1 / 6_227_020_800;
  p = p * r + 1 / 479_001_600;
  p = p * r + 1 / 39_916_800;
  p = p * r + 1 / 3_628_800;
  p = p * r + 1 / 362_880;
  p = p * r + 1 / 40_320;
  p = p * r + 1 / 5040;
  p = p * r + 1 / 720;
  p = p * r + 1 / 120;
  p = p * r + 1 / 24;
  p = p * r + 1 / 6;
  const t = r * r;
  return 0.5 * t + t * r * p;
}

/** e^(high + low), low being less than an ulp of high. */
function expOf(high: number, low: number): number {
  if (high > 710) return Number.POSITIVE_INFINITY;
  if (high < -746) return 0;
  const n = Math.floor(high * Math.LOG2E + 0.5);
  const a = high - n * LN2_HIGH;
  const b = low - n * LN2_LOW;
  const r = a + b;
  const rest = expRest(r) + (b - (r - a));
  const sum = 1 + r;
  return scale(sum + (r - (sum - 1) + rest), n);
}

/** eˣ. */
export function exp(x: number): number {
  return Number.isNaN(x) ? x : expOf(x, 0);
}

/** eˣ − 1 as a sum of two numbers, the second less than an ulp of the first; |x| up to 44. */
function expMinusOne(x: number): readonly [high: number, low: number] {
  const n = Math.floor(x * Math.LOG2E + 0.5);
  const a = x - n * LN2_HIGH;
  const b = n * LN2_LOW;
  const r = a - b;
  // 2ⁿ − 1, what is lost in it, and 2ⁿ (eʳ − 1).
  const power = powerOfTwo(n);
  const below = power - 1;
  const lost = power - below - 1;
  const sum = below + power * r;
  const rest = power * r - (sum - below) + power * (expRest(r) + (a - r - b)) + lost;
  const high = sum + rest;
  return [high, rest - (high - sum)];
}

/** eˣ − 1, accurate for small x too. */
export function expm1(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  if (x > 40) return expOf(x, 0);
  if (x < -40) return -1;
  return expMinusOne(x)[0];
}

/** tanh x = t / (t + 2), t = e²ˣ − 1. */
export function tanh(x: number): number {
  if (Math.abs(x) < 2 ** -28 || Number.isNaN(x)) return x;
  // From 22 on, it rounds to 1.
  const [high, low] = expMinusOne(2 * Math.min(Math.abs(x), 22));
  const d = Math.max(high, 2) + Math.min(high, 2);
  const dLow = Math.min(high, 2) - (d - Math.max(high, 2)) + low;
  const q = high / d;
  const product = q * d;
  const size = q + (high - product - productError(q, d, product) + low - q * dLow) / d;
  return x < 0 ? -size : size;
}

/** sin(a + low) for |a| up to ¼ π, low being less than an ulp of a. */
function sinNear(a: number, low: number): number {
  const t = a * a;
  const v = t * a;
  let p = 1.58969099521155e-10;
  p = p * t - 2.5050760253406863e-8;
  p = p * t + 2.7557313707070068e-6;
  p = p * t - 0.0001984126982985795;
  p = p * t + 0.00833333333332249;
  return a - (t * (0.5 * low - v * p) - low + v * 0.16666666666666632);
}

/** cos(a + low), under the same conditions. */
function cosNear(a: number, low: number): number {
  const t = a * a;
  let p = -1.1359647557788195e-11;
  p = p * t + 2.087572321298175e-9;
  p = p * t - 2.7557314351390663e-7;
  p = p * t + 2.480158728947673e-5;
  p = p * t - 0.001388888888887411;
  p = p * t + 0.0416666666666666;
  const half = 0.5 * t;
  const sum = 1 - half;
  return sum + (1 - sum - half + (t * t * p - a * low));
}

/** cos πx; with multiples of π, every x is reduced exactly. */
export function cosPi(x: number): number {
  const size = Math.abs(x);
  const turned = size - 2 * Math.floor(size / 2);
  const upper = turned > 1 ? 2 - turned : turned;
  const sign = upper > 0.5 ? -1 : 1;
  const y = upper > 0.5 ? 1 - upper : upper;
  // cos πy for y from 0 to ¼, and sin π(½ − y) up to ½.
  const part = y > 0.25 ? 0.5 - y : y;
  const a = Math.PI * part;
  const low = productError(Math.PI, part, a) + PI_LOW * part;
  return sign * (y > 0.25 ? sinNear(a, low) : cosNear(a, low));
}

/** 1/5 and 1/3, each minus its double. */
const FIFTH_LOW = -1.1102230246251564e-17;
const THIRD_LOW = 1.850371707708594e-17;

/**
 * y ln x as a sum of two numbers, the second less than an ulp of the first, with 68 bits; x > 0. ln x = n ln 2 + 2 artanh s
 * with s = (m − 1) / (m + 1), m = x · 2⁻ⁿ; the series 2 s (1 + t/3 + t²/5 + …), t = s², has its first terms in two parts.
 */
function logTimes(x: number, y: number): readonly [high: number, low: number] {
  const n = exponentOf(x);
  const f = scale(x, -n) - 1;
  const d = 2 + f;
  const s = f / d;
  const back = s * d;
  const sLow = (f - back - productError(s, d, back) - s * (f - (d - 2))) / d;
  const t = s * s;
  const tLow = productError(s, s, t) + 2 * s * sLow;
  let p = 1 / 29;
  for (let odd = 27; odd >= 7; odd -= 2) p = p * t + 1 / odd;
  // u = 1/5 + t p, v = 1/3 + t u, w = t v.
  const u = 0.2 + t * p;
  const uLow = t * p - (u - 0.2) + FIFTH_LOW;
  const tu = t * u;
  const v = 1 / 3 + tu;
  const vLow = tu - (v - 1 / 3) + (productError(t, u, tu) + t * uLow + tLow * u + THIRD_LOW);
  const w = t * v;
  const wLow = productError(t, v, w) + t * vLow + tLow * v;
  // 2 s + 2 s w, then n ln 2 added.
  const sw = s * w;
  const series = s + sw;
  const seriesLow = sw - (series - s) + (productError(s, w, sw) + s * wLow + sLow * w + sLow);
  const twos = n * LN2_HIGH;
  const sum = twos + 2 * series;
  const sumLow = (n === 0 ? 0 : 2 * series - (sum - twos)) + (2 * seriesLow + n * LN2_LOW);
  const high = sum + sumLow;
  const product = y * high;
  // If the power overflows or vanishes, the error does not matter.
  if (!(Math.abs(product) < 1000)) return [product, 0];
  return [product, productError(y, high, product) + y * (sumLow - (high - sum))];
}

/** x to the power of y, as `x ** y`; exact if the power is a double. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const isWhole = Math.floor(y) === y;
  const isOdd = isWhole && Math.abs(y) < 2 ** 53 && Math.abs(y) % 2 === 1;
  const size = Math.abs(x);
  const sign = isOdd && (x < 0 || Object.is(x, -0)) ? -1 : 1;
  if (Math.abs(y) === Number.POSITIVE_INFINITY) {
    if (size === 1) return Number.NaN;
    return size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  if (size === 0 || size === Number.POSITIVE_INFINITY) {
    return sign * (size > 0 === y > 0 ? Number.POSITIVE_INFINITY : 0);
  }
  if (x < 0 && !isWhole) return Number.NaN;
  if (size === 1) return sign;
  const [high, low] = logTimes(size, y);
  return sign * expOf(high, low);
}
