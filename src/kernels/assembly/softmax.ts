/** Softmax, row by row, in place: shifted by its largest net input, so that nothing overflows; and what it is made of. */
import { softmaxTerm4 } from './formulas';
import { loadPart, storePart } from './part';

function largest(v: v128): f32 {
  const two = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2)), 0);
}

function sum(v: v128): f32 {
  const two = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2)), 0);
}

/** z ← z + bias for one row; returns the largest. */
export function addBias(z: usize, bias: usize, columns: usize): f32 {
  const least = f32x4.splat(-f32.MAX_VALUE);
  const whole = columns & ~3;
  let most = least;
  for (let j: usize = 0; j < whole; j += 4) {
    const a = f32x4.add(v128.load(z + (j << 2)), v128.load(bias + (j << 2)));
    v128.store(z + (j << 2), a);
    most = f32x4.pmax(most, a);
  }
  const rest = columns - whole;
  if (rest) {
    const at = whole << 2;
    const zero = f32x4.splat(0);
    const a = f32x4.add(loadPart(z + at, rest, least), loadPart(bias + at, rest, zero));
    storePart(z + at, a, rest);
    most = f32x4.pmax(most, a);
  }
  return largest(most);
}

/** z ← e^(z − shift) for one row; returns the sum. */
export function expAndSum(z: usize, shift: f32, columns: usize): f32 {
  const s = f32x4.splat(shift);
  const whole = columns & ~3;
  let total = f32x4.splat(0);
  for (let j: usize = 0; j < whole; j += 4) {
    const e = softmaxTerm4(v128.load(z + (j << 2)), s);
    v128.store(z + (j << 2), e);
    total = f32x4.add(total, e);
  }
  const rest = columns - whole;
  if (rest) {
    const at = whole << 2;
    const e = softmaxTerm4(loadPart(z + at, rest, f32x4.splat(-Infinity)), s);
    storePart(z + at, e, rest);
    total = f32x4.add(total, e);
  }
  return sum(total);
}

/** z ← factor · z for one row. */
export function scaleRow(z: usize, factor: f32, columns: usize): void {
  const f = f32x4.splat(factor);
  const whole = columns & ~3;
  for (let j: usize = 0; j < whole; j += 4) {
    v128.store(z + (j << 2), f32x4.mul(v128.load(z + (j << 2)), f));
  }
  const rest = columns - whole;
  if (rest) storePart(z + (whole << 2), f32x4.mul(loadPart(z + (whole << 2), rest, f), f), rest);
}

/** z ← softmax(z + bias) a row. z: (rows, columns). */
export function softmax(z: usize, bias: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const most = addBias(z, bias, columns);
    scaleRow(z, f32(1) / expAndSum(z, most, columns), columns);
    z += columns << 2;
  }
}
