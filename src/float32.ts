/** Checks whether numbers survive the conversion to float32, the kernels' precision. Pure functions. */

/** Whether float32 represents the number as finite, and as nonzero unless it is 0. */
export function fitsFloat32(value: number): boolean {
  const held = Math.fround(value);
  return Number.isFinite(held) && (held === 0) === (value === 0);
}

/** Whether a number is at least 0 and below 1, also after rounding to float32. */
export function isPartInFloat32(value: number): boolean {
  return value >= 0 && Math.fround(value) < 1;
}
