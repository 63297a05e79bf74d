/**
 * Random numbers by their place in the batch: the word at (row, column) is mix(column ⊕ mix(row ⊕ key)), with the
 * hash of src/random.ts; what is made of it stands in src/kernels/draws.ts.
 */
import { log4 } from './formulas';
import { loadPart, storePart } from './part';

function mix(word: u32): u32 {
  let h = word;
  h = (h ^ (h >>> 16)) * u32(0x7feb352d);
  h = (h ^ (h >>> 15)) * u32(0x846ca68b);
  return h ^ (h >>> 16);
}

@inline
function mix4(word: v128): v128 {
  let h = v128.xor(word, i32x4.shr_u(word, 16));
  h = i32x4.mul(h, i32x4.splat(0x7feb352d));
  h = v128.xor(h, i32x4.shr_u(h, 15));
  h = i32x4.mul(h, i32x4.splat(0x846ca68b));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** column, …, column + 3. */
@inline
function fourFrom(column: u32): v128 {
  return i32x4.add(i32x4.splat(column), i32x4(0, 1, 2, 3));
}

/** to ← scale · from where the word is no less than the threshold, else 0. Both: (rows, columns), row stride `stride`. */
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
    const rowKey = i32x4.splat(mix((row + i) ^ key));
    let places = fourFrom(column);
    for (let j: usize = 0; j < whole; j += 16) {
      const isKept = i32x4.ge_u(mix4(v128.xor(places, rowKey)), least);
      v128.store(to + j, v128.and(f32x4.mul(v128.load(from + j), factor), isKept));
      places = i32x4.add(places, i32x4.splat(4));
    }
    if (rest > 0) {
      const isKept = i32x4.ge_u(mix4(v128.xor(places, rowKey)), least);
      const values = loadPart(from + whole, rest, factor);
      storePart(to + whole, v128.and(f32x4.mul(values, factor), isKept), rest);
    }
    to += stride << 2;
    from += stride << 2;
  }
}

/**
 * cos πv for v from −1 to 1, as sin πy with y = ½ − |v|: the sine's series up to y¹¹, whose next term is 6e-8 at y = ½.
 */
@inline
function cosine(v: v128): v128 {
  const y = f32x4.sub(f32x4.splat(0.5), f32x4.abs(v));
  const square = f32x4.mul(y, y);
  let p = f32x4.splat(-0.0073704309457143504);
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(0.082145886611128228));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(-0.59926452932079207));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(2.5501640398773455));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(-5.1677127800499701));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(3.1415926535897932));
  return f32x4.mul(p, y);
}

/** Four standard normal numbers. */
@inline
function normal4(places: v128, rowKey: v128, angleKey: v128): v128 {
  const word = v128.or(mix4(v128.xor(places, rowKey)), i32x4.splat(1));
  const u = f32x4.mul(f32x4.convert_i32x4_u(word), f32x4.splat(2.3283064365386963e-10));
  const angle = mix4(v128.xor(places, angleKey));
  const v = f32x4.mul(f32x4.convert_i32x4_s(angle), f32x4.splat(4.6566128730773926e-10));
  const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log4(u)));
  return f32x4.mul(radius, cosine(v));
}

/** x ← x + deviation · n. x: (rows, columns). */
export function addNoise(x: usize, rows: u32, columns: usize, key: u32, row: u32, deviation: f32): void {
  const size = f32x4.splat(deviation);
  const whole = (columns & ~3) << 2;
  const rest = columns & 3;
  for (let i: u32 = 0; i < rows; i++) {
    const word = mix((row + i) ^ key);
    const rowKey = i32x4.splat(word);
    const angleKey = i32x4.splat(mix(word));
    let places = fourFrom(0);
    for (let j: usize = 0; j < whole; j += 16) {
      const noise = f32x4.mul(normal4(places, rowKey, angleKey), size);
      v128.store(x + j, f32x4.add(v128.load(x + j), noise));
      places = i32x4.add(places, i32x4.splat(4));
    }
    if (rest > 0) {
      const noise = f32x4.mul(normal4(places, rowKey, angleKey), size);
      storePart(x + whole, f32x4.add(loadPart(x + whole, rest, size), noise), rest);
    }
    x += columns << 2;
  }
}
