/**
 * What rules do with whole vectors of parameters: inner products in double precision, and sums. The formulas:
 * src/kernels/rules; what holds of rules.ts here holds of these.
 */
import { get, larger, largest, put } from './rules';

@inline
function firstTwo(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

@inline
function lastTwo(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
}

/** Four products in double precision, in two lanes. */
@inline
export function products(a: v128, b: v128): v128 {
  return f64x2.add(f64x2.mul(firstTwo(a), firstTwo(b)), f64x2.mul(lastTwo(a), lastTwo(b)));
}

/** Σ a b in two lanes. */
export function dot(a: usize, b: usize, length: usize): f64 {
  let sum = f64x2.splat(0);
  const end = a + ((length & ~3) << 2);
  for (; a < end; a += 16) {
    sum = f64x2.add(sum, products(get(a, 4), get(b, 4)));
    b += 16;
  }
  const rest = length & 3;
  if (rest) sum = f64x2.add(sum, products(get(a, rest), get(b, rest)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

export function sumSquares(a: usize, length: usize): f64 {
  return dot(a, a, length);
}

export function add(to: usize, from: usize, length: usize): void {
  const end = to + ((length & ~15) << 2);
  for (; to < end; to += 64) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    v128.store(to, f32x4.add(v128.load(to, 16), v128.load(from, 16)), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), v128.load(from, 32)), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), v128.load(from, 48)), 48);
    from += 64;
  }
  for (let rest = length & 15; rest > 0; to += 16) {
    const count = min<usize>(4, rest);
    put(to, f32x4.add(get(to, count), get(from, count)), count);
    from += 16;
    rest -= count;
  }
}

@inline
function combine4(out: usize, x: usize, y: usize, most: v128, count: usize, a: f32, b: f32): v128 {
  const sum = f32x4.add(f32x4.mul(f32x4.splat(a), get(x, count)), f32x4.mul(f32x4.splat(b), get(y, count)));
  put(out, sum, count);
  return larger(most, sum);
}

export function combine(out: usize, x: usize, y: usize, length: usize, a: f32, b: f32): f32 {
  let most = f32x4.splat(0);
  const end = out + ((length & ~3) << 2);
  for (; out < end; out += 16) {
    most = combine4(out, x, y, most, 4, a, b);
    x += 16;
    y += 16;
  }
  const rest = length & 3;
  if (rest) most = combine4(out, x, y, most, rest, a, b);
  return largest(most);
}
