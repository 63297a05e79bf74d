/** Inner products of slices of parameters in double precision. The formulas: src/kernels/rules. */
import { get } from './slices';

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
