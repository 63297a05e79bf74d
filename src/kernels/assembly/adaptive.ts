/**
 * The update rules that divide by the root of squared gradients: Adam and its direction alone, RMSprop, Adagrad. The
 * formulas: src/kernels/rules; what holds of rules.ts here holds of these.
 */
import { change, get, largest, put, remembered } from './rules';

/** β old + (1 − β) new, `rest` being 1 − β. */
@inline
function average(old: v128, next: v128, beta: f32, rest: f32): v128 {
  return f32x4.add(f32x4.mul(old, f32x4.splat(beta)), f32x4.mul(next, f32x4.splat(rest)));
}

/** 2⁻¹²⁶, the smallest number of full precision. */
const SMALLEST_NORMAL: f32 = 1.1754943508222875e-38;

/** β s + (1 − β) g², or 0 where g is and next to nothing is left. */
@inline
function averageSquare(s: usize, g: v128, count: usize, beta: f32, rest: f32): v128 {
  const square = average(get(s, count), f32x4.mul(g, g), beta, rest);
  const isFaint = v128.and(f32x4.lt(square, f32x4.splat(SMALLEST_NORMAL)), f32x4.eq(g, f32x4.splat(0)));
  return v128.andnot(square, isFaint);
}

/** m and v are brought on by g; returns m / (root · √v + ε). */
@inline
function ratio(
  m: usize,
  v: usize,
  g: v128,
  count: usize,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  root: f32,
  epsilon: f32,
): v128 {
  const first = remembered(average(get(m, count), g, beta1, rest1));
  const second = averageSquare(v, g, count, beta2, rest2);
  put(m, first, count);
  put(v, second, count);
  const scale = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(root)), f32x4.splat(epsilon));
  return f32x4.div(first, scale);
}

@inline
function adam4(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  most: v128,
  count: usize,
  clip: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  rate: f32,
  root: f32,
  epsilon: f32,
  keep: f32,
): v128 {
  const gradient = f32x4.mul(get(g, count), f32x4.splat(clip));
  const u = ratio(m, v, gradient, count, beta1, rest1, beta2, rest2, root, epsilon);
  const old = get(w, count);
  const next = f32x4.sub(f32x4.mul(old, f32x4.splat(keep)), f32x4.mul(u, f32x4.splat(rate)));
  return change(w, old, next, most, count);
}

export function adam(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  length: usize,
  clip: f32,
  beta1: f64,
  beta2: f64,
  rate: f32,
  root: f32,
  epsilon: f32,
  keep: f32,
): f32 {
  const b1 = f32(beta1);
  const b2 = f32(beta2);
  const r1 = f32(1 - beta1);
  const r2 = f32(1 - beta2);
  let most = f32x4.splat(0);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    most = adam4(w, m, v, g, most, 4, clip, b1, r1, b2, r2, rate, root, epsilon, keep);
    m += 16;
    v += 16;
    g += 16;
  }
  const rest = length & 3;
  if (rest) most = adam4(w, m, v, g, most, rest, clip, b1, r1, b2, r2, rate, root, epsilon, keep);
  return largest(most);
}

@inline
function direction4(
  g: usize,
  m: usize,
  v: usize,
  w: usize,
  count: usize,
  clip: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  gain: f32,
  root: f32,
  epsilon: f32,
  decay: f32,
): void {
  const gradient = f32x4.mul(get(g, count), f32x4.splat(clip));
  const u = ratio(m, v, gradient, count, beta1, rest1, beta2, rest2, root, epsilon);
  put(g, f32x4.add(f32x4.mul(u, f32x4.splat(gain)), f32x4.mul(get(w, count), f32x4.splat(decay))), count);
}

export function adamDirection(
  g: usize,
  m: usize,
  v: usize,
  w: usize,
  length: usize,
  clip: f32,
  beta1: f64,
  beta2: f64,
  gain: f32,
  root: f32,
  epsilon: f32,
  decay: f32,
): void {
  const b1 = f32(beta1);
  const b2 = f32(beta2);
  const r1 = f32(1 - beta1);
  const r2 = f32(1 - beta2);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    direction4(g, m, v, w, 4, clip, b1, r1, b2, r2, gain, root, epsilon, decay);
    m += 16;
    v += 16;
    g += 16;
  }
  const rest = length & 3;
  if (rest) direction4(g, m, v, w, rest, clip, b1, r1, b2, r2, gain, root, epsilon, decay);
}

@inline
function rmsprop4(
  w: usize,
  s: usize,
  v: usize,
  g: usize,
  most: v128,
  count: usize,
  clip: f32,
  beta: f32,
  rest: f32,
  epsilon: f32,
  mu: f32,
  rate: f32,
  keep: f32,
): v128 {
  const gradient = f32x4.mul(get(g, count), f32x4.splat(clip));
  const square = averageSquare(s, gradient, count, beta, rest);
  put(s, square, count);
  let d = f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon)));
  if (v) {
    d = remembered(f32x4.add(f32x4.mul(get(v, count), f32x4.splat(mu)), d));
    put(v, d, count);
  }
  const old = get(w, count);
  const next = f32x4.sub(f32x4.mul(old, f32x4.splat(keep)), f32x4.mul(d, f32x4.splat(rate)));
  return change(w, old, next, most, count);
}

export function rmsprop(
  w: usize,
  s: usize,
  v: usize,
  g: usize,
  length: usize,
  clip: f32,
  beta: f64,
  epsilon: f32,
  mu: f32,
  rate: f32,
  keep: f32,
): f32 {
  const b = f32(beta);
  const r = f32(1 - beta);
  const stride: usize = v ? 16 : 0;
  let most = f32x4.splat(0);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    most = rmsprop4(w, s, v, g, most, 4, clip, b, r, epsilon, mu, rate, keep);
    s += 16;
    v += stride;
    g += 16;
  }
  const rest = length & 3;
  if (rest) most = rmsprop4(w, s, v, g, most, rest, clip, b, r, epsilon, mu, rate, keep);
  return largest(most);
}

@inline
function adagrad4(
  w: usize,
  s: usize,
  g: usize,
  most: v128,
  count: usize,
  clip: f32,
  epsilon: f32,
  rate: f32,
  keep: f32,
): v128 {
  const gradient = f32x4.mul(get(g, count), f32x4.splat(clip));
  const sum = f32x4.add(get(s, count), f32x4.mul(gradient, gradient));
  put(s, sum, count);
  const d = f32x4.div(gradient, f32x4.add(f32x4.sqrt(sum), f32x4.splat(epsilon)));
  const old = get(w, count);
  const next = f32x4.sub(f32x4.mul(old, f32x4.splat(keep)), f32x4.mul(d, f32x4.splat(rate)));
  return change(w, old, next, most, count);
}

export function adagrad(
  w: usize,
  s: usize,
  g: usize,
  length: usize,
  clip: f32,
  epsilon: f32,
  rate: f32,
  keep: f32,
): f32 {
  let most = f32x4.splat(0);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    most = adagrad4(w, s, g, most, 4, clip, epsilon, rate, keep);
    s += 16;
    g += 16;
  }
  const rest = length & 3;
  if (rest) most = adagrad4(w, s, g, most, rest, clip, epsilon, rate, keep);
  return largest(most);
}
