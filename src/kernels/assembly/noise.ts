/** What the gradient noise scale is made of. The formulas: src/kernels/rules. */
import { get, sumSlabs } from './slices';
import { products } from './vectors';

export function sumSquaredSums(gw: usize, stride: usize, shards: usize, length: usize): f64 {
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < length; i += 4) {
    const count = min<usize>(4, length - i);
    const v = sumSlabs(gw, stride, shards, count);
    sum = f64x2.add(sum, products(v, v));
    gw += 16;
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** |a|² of one row, in float32: rows are short, and the noise scale is told with three digits. */
@inline
function squaredNorm(a: usize, length: usize): f64 {
  let first = f32x4.splat(0);
  let second = f32x4.splat(0);
  const pairs = a + ((length & ~7) << 2);
  for (; a < pairs; a += 32) {
    const u = v128.load(a);
    const v = v128.load(a, 16);
    first = f32x4.add(first, f32x4.mul(u, u));
    second = f32x4.add(second, f32x4.mul(v, v));
  }
  for (let rest = length & 7; rest > 0; ) {
    const count = min<usize>(4, rest);
    const v = get(a, count);
    first = f32x4.add(first, f32x4.mul(v, v));
    a += 16;
    rest -= count;
  }
  first = f32x4.add(first, second);
  return (
    <f64>f32x4.extract_lane(first, 0) +
    <f64>f32x4.extract_lane(first, 1) +
    <f64>f32x4.extract_lane(first, 2) +
    <f64>f32x4.extract_lane(first, 3)
  );
}

export function sumRowNorms(z: usize, delta: usize, rows: usize, inputs: usize, outputs: usize): f64 {
  let sum: f64 = 0;
  for (; rows > 0; rows--) {
    sum += (1 + squaredNorm(z, inputs)) * squaredNorm(delta, outputs);
    z += inputs << 2;
    delta += outputs << 2;
  }
  return sum;
}
