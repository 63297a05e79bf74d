/** Dropout and noise, by random numbers that depend on a key and the place in the batch: src/kernels/formulas/draws.ts. */
import { dropped4, mix4, noisy4, rowKey4 } from './formulas';
import { loadPart, storePart } from './part';

/** column, …, column + 3. */
@inline
function fourFrom(column: u32): v128 {
  return i32x4.add(i32x4.splat(column), i32x4(0, 1, 2, 3));
}

/**
 * to ← scale · from where the word is no less than the threshold, whose highest bit is given inverted; else 0.
 * Both: (rows, columns), row stride `stride`.
 */
export function drop(
  to: usize,
  from: usize,
  rows: u32,
  columns: usize,
  stride: usize,
  key: u32,
  row: u32,
  column: u32,
  threshold: u32,
  scale: f32,
): void {
  const factor = f32x4.splat(scale);
  const least = i32x4.splat(threshold);
  const whole = (columns & ~3) << 2;
  const rest = columns & 3;
  for (let i: u32 = 0; i < rows; i++) {
    const keys = rowKey4(i32x4.splat(row + i), i32x4.splat(key));
    let places = fourFrom(column);
    for (let j: usize = 0; j < whole; j += 16) {
      v128.store(to + j, dropped4(v128.load(from + j), places, keys, least, factor));
      places = i32x4.add(places, i32x4.splat(4));
    }
    if (rest > 0) {
      const values = loadPart(from + whole, rest, factor);
      storePart(to + whole, dropped4(values, places, keys, least, factor), rest);
    }
    to += stride << 2;
    from += stride << 2;
  }
}

/** x ← x + deviation · n. x: (rows, columns). */
export function addNoise(x: usize, rows: u32, columns: usize, key: u32, row: u32, deviation: f32): void {
  const size = f32x4.splat(deviation);
  const whole = (columns & ~3) << 2;
  const rest = columns & 3;
  for (let i: u32 = 0; i < rows; i++) {
    const keys = rowKey4(i32x4.splat(row + i), i32x4.splat(key));
    const second = mix4(keys);
    let places = fourFrom(0);
    for (let j: usize = 0; j < whole; j += 16) {
      v128.store(x + j, noisy4(v128.load(x + j), places, keys, second, size));
      places = i32x4.add(places, i32x4.splat(4));
    }
    if (rest > 0) {
      const values = loadPart(x + whole, rest, size);
      storePart(x + whole, noisy4(values, places, keys, second, size), rest);
    }
    x += columns << 2;
  }
}
