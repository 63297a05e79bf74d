/**
 * The update rules without a square root: descent, momentum, Rprop; and the gradient of E that all rules start from.
 * The formulas: src/kernels/rules. A full vector and a part of one go through the same operations,
 * each rounded by itself in both builds: how the parameters are cut into slices changes no bit.
 */
import { loadPart, storePart } from './part';

/** The first `count` floats at `from`; 4 of them in one go. */
@inline
export function get(from: usize, count: usize): v128 {
  return count == 4 ? v128.load(from) : loadPart(from, count, f32x4.splat(0));
}

@inline
export function put(to: usize, v: v128, count: usize): void {
  if (count == 4) v128.store(to, v);
  else storePart(to, v, count);
}

/**
 * The larger of most and |x| in each lane. Floats without a sign are in the order of their bits, and NaN above all of
 * them: one instruction, where f32x4.max is ten, each waiting for the one before.
 */
@inline
export function larger(most: v128, x: v128): v128 {
  return i32x4.max_s(most, f32x4.abs(x));
}

/** w ← next; returns the larger of |next − old| and most, NaN where there is one. */
@inline
export function change(w: usize, old: v128, next: v128, most: v128, count: usize): v128 {
  put(w, next, count);
  return larger(most, f32x4.sub(next, old));
}

/** 2⁻¹⁰⁰; of what a rule remembers, less counts as 0. */
const FAINTEST: f32 = 7.888609052210118e-31;

/** What a rule is to remember of x; what is not a number stays so. */
@inline
export function remembered(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(FAINTEST)));
}

/** Of all lanes; NaN where there is one. */
@inline
export function largest(most: v128): f32 {
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

/** The bits of the sign alone. */
@inline
function signBit(x: v128): v128 {
  return v128.and(x, i32x4.splat(0x80000000));
}

/** −1, 0 or 1 by the sign of x. */
@inline
function sign4(x: v128): v128 {
  return v128.and(v128.or(signBit(x), f32x4.splat(1)), f32x4.ne(x, f32x4.splat(0)));
}

@inline
function collect4(
  gw: usize,
  w: usize,
  stride: usize,
  shards: usize,
  count: usize,
  scale: f32,
  l2: f32,
  l1: f32,
  limit: f32,
): void {
  let sum = get(gw, count);
  for (let s: usize = 1, at = gw + stride; s < shards; s++, at += stride) sum = f32x4.add(sum, get(at, count));
  const old = get(w, count);
  let g = f32x4.add(f32x4.mul(sum, f32x4.splat(scale)), f32x4.mul(f32x4.splat(l2), old));
  g = f32x4.add(g, f32x4.mul(f32x4.splat(l1), sign4(old)));
  // pmin(a, b) = b < a ? b : a and pmax let NaN through in their first operand.
  put(gw, f32x4.pmax(f32x4.pmin(g, f32x4.splat(limit)), f32x4.splat(-limit)), count);
}

export function collect(
  gw: usize,
  w: usize,
  stride: usize,
  shards: usize,
  length: usize,
  scale: f32,
  l2: f32,
  l1: f32,
  limit: f32,
): void {
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    collect4(gw, w, stride, shards, 4, scale, l2, l1, limit);
    gw += 16;
  }
  const rest = length & 3;
  if (rest) collect4(gw, w, stride, shards, rest, scale, l2, l1, limit);
}

@inline
function descend4(w: usize, g: usize, most: v128, count: usize, clip: f32, rate: f32, keep: f32): v128 {
  const old = get(w, count);
  const step = f32x4.mul(f32x4.splat(rate), f32x4.mul(get(g, count), f32x4.splat(clip)));
  return change(w, old, f32x4.sub(f32x4.mul(old, f32x4.splat(keep)), step), most, count);
}

export function descend(w: usize, g: usize, length: usize, clip: f32, rate: f32, keep: f32): f32 {
  let most = f32x4.splat(0);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    most = descend4(w, g, most, 4, clip, rate, keep);
    g += 16;
  }
  const rest = length & 3;
  if (rest) most = descend4(w, g, most, rest, clip, rate, keep);
  return largest(most);
}

@inline
function momentum4(
  w: usize,
  v: usize,
  g: usize,
  most: v128,
  count: usize,
  clip: f32,
  gain: f32,
  decay: f32,
  mu: f32,
  rate: f32,
  keep: f32,
  nesterov: bool,
): v128 {
  const old = get(w, count);
  const whole = f32x4.add(f32x4.mul(get(g, count), f32x4.splat(clip)), f32x4.mul(old, f32x4.splat(decay)));
  const d = f32x4.mul(whole, f32x4.splat(gain));
  const velocity = remembered(f32x4.add(f32x4.mul(get(v, count), f32x4.splat(mu)), d));
  put(v, velocity, count);
  const direction = nesterov ? f32x4.add(d, f32x4.mul(velocity, f32x4.splat(mu))) : velocity;
  const next = f32x4.sub(f32x4.mul(old, f32x4.splat(keep)), f32x4.mul(direction, f32x4.splat(rate)));
  return change(w, old, next, most, count);
}

export function momentum(
  w: usize,
  v: usize,
  g: usize,
  length: usize,
  clip: f32,
  gain: f32,
  decay: f32,
  mu: f32,
  rate: f32,
  keep: f32,
  nesterov: bool,
): f32 {
  let most = f32x4.splat(0);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    most = momentum4(w, v, g, most, 4, clip, gain, decay, mu, rate, keep, nesterov);
    v += 16;
    g += 16;
  }
  const rest = length & 3;
  if (rest) most = momentum4(w, v, g, most, rest, clip, gain, decay, mu, rate, keep, nesterov);
  return largest(most);
}

const GROWTH: f32 = 1.2;
const SHRINKING: f32 = 0.5;
const LARGEST_SIZE: f32 = 50;
const SMALLEST_SIZE: f32 = 1e-6;

@inline
function rprop4(w: usize, p: usize, size: usize, g: usize, most: v128, count: usize, clip: f32, first: f32): v128 {
  const zero = f32x4.splat(0);
  const gradient = f32x4.mul(get(g, count), f32x4.splat(clip));
  const agreement = f32x4.mul(sign4(gradient), sign4(get(p, count)));
  const apart = f32x4.lt(agreement, zero);
  let factor = v128.bitselect(f32x4.splat(GROWTH), f32x4.splat(1), f32x4.gt(agreement, zero));
  factor = v128.bitselect(f32x4.splat(SHRINKING), factor, apart);
  const before = get(size, count);
  let step = f32x4.mul(v128.bitselect(f32x4.splat(first), before, f32x4.eq(before, zero)), factor);
  step = f32x4.pmax(f32x4.pmin(step, f32x4.splat(LARGEST_SIZE)), f32x4.splat(SMALLEST_SIZE));
  const counted = v128.andnot(gradient, apart);
  put(size, step, count);
  put(p, counted, count);
  const old = get(w, count);
  // By the gradient itself where it is not a number, so that the weight tells of it.
  const direction = v128.bitselect(sign4(counted), gradient, f32x4.eq(gradient, gradient));
  return change(w, old, f32x4.sub(old, f32x4.mul(direction, step)), most, count);
}

export function rprop(w: usize, p: usize, size: usize, g: usize, length: usize, clip: f32, first: f32): f32 {
  let most = f32x4.splat(0);
  const end = w + ((length & ~3) << 2);
  for (; w < end; w += 16) {
    most = rprop4(w, p, size, g, most, 4, clip, first);
    p += 16;
    size += 16;
    g += 16;
  }
  const rest = length & 3;
  if (rest) most = rprop4(w, p, size, g, most, rest, clip, first);
  return largest(most);
}
