/**
 * What the kernels over slices of parameters are made of; the build writes them from src/kernels/formulas/rules.ts. A full
 * vector and a part of one go through the same operations, each rounded by itself in both builds: how the parameters are cut
 * into slices changes no bit.
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

/** The sum of slabs, which lie `stride` bytes apart, in their order. */
@inline
export function sumSlabs(from: usize, stride: usize, slabs: usize, count: usize): v128 {
  let sum = get(from, count);
  for (let s: usize = 1, at = from + stride; s < slabs; s++, at += stride) sum = f32x4.add(sum, get(at, count));
  return sum;
}

/** All bits but the sign's in the first `count` lanes. */
@inline
export function sizeMask(count: usize): v128 {
  const bits = i32x4.splat(0x7fffffff);
  return count == 4 ? bits : v128.and(bits, i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(i32(count))));
}

/**
 * at(0) ← the largest of it and the lanes; NaN where there is one. Sizes are floats without a sign: they are in the order of
 * their bits as whole numbers, NaN above all of them.
 */
export function noteLargest(at: usize, sizes: v128): void {
  const most = i32x4.max_s(sizes, v128.load32_zero(at));
  const two = i32x4.max_s(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  store<i32>(at, max(i32x4.extract_lane(two, 0), i32x4.extract_lane(two, 1)));
}
