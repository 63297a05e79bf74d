/** Numbers of float32, the kernels' precision, and of half of it. Pure functions. */
import { powerOfTwo } from './elementary.js';

/** Whether float32 represents the number as finite, and as nonzero unless it is 0. */
export function fitsFloat32(value: number): boolean {
  const held = Math.fround(value);
  return Number.isFinite(held) && (held === 0) === (value === 0);
}

/** Whether a number is at least 0 and below 1, also after rounding to float32. */
export function isPartInFloat32(value: number): boolean {
  return value >= 0 && Math.fround(value) < 1;
}

/** The number that the bits of an IEEE 754 binary16 stand for: sign, 5 exponent bits, 10 fraction bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * powerOfTwo(exponent - 25);
}
