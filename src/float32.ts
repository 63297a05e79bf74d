/** The precision that the kernels compute in, as numbers that are asked for meet it. Pure functions. */

/** Whether float32 holds a number: as a finite one, and what is not 0 not as 0. */
export function fitsFloat32(value: number): boolean {
  const held = Math.fround(value);
  return Number.isFinite(held) && (held === 0) === (value === 0);
}

/** Whether a number is from 0, below 1, and so in float32 too, where what is nearest to 1 becomes 1. */
export function isPartInFloat32(value: number): boolean {
  return value >= 0 && Math.fround(value) < 1;
}
