/** Picking rows out of a table, expanding categories, and summing the columns of a matrix. */
import { loadPart, storePart } from './part';

/** x(i) ← data(order(i)) for four-byte elements, copied as bits. x: (rows, columns). */
export function gatherWords(x: usize, data: usize, order: usize, rows: usize, columns: usize): void {
  const bytes = columns << 2;
  for (let i: usize = 0; i < rows; i++) {
    const from = data + usize(load<u32>(order + (i << 2))) * bytes;
    let j: usize = 0;
    for (; j + 16 <= bytes; j += 16) v128.store(x + j, v128.load(from + j));
    for (; j < bytes; j += 4) store<u32>(x + j, load<u32>(from + j));
    x += bytes;
  }
}

/** x(i) ← scale · data(order(i)) for bytes. x: (rows, columns). */
export function gatherBytes(
  x: usize,
  data: usize,
  order: usize,
  rows: usize,
  columns: usize,
  scale: f32,
): void {
  const factor = f32x4.splat(scale);
  const whole = columns & ~7;
  for (let i: usize = 0; i < rows; i++) {
    const from = data + usize(load<u32>(order + (i << 2))) * columns;
    for (let j: usize = 0; j < whole; j += 8) {
      const words = v128.load_ext<u8>(from + j);
      v128.store(x, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words)), factor));
      v128.store(x, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words)), factor), 16);
      x += 32;
    }
    for (let j = whole; j < columns; j++) {
      store<f32>(x, f32(load<u8>(from + j)) * scale);
      x += 4;
    }
  }
}

/** x(i) ← scale · data(order(i)) for floats. x: (rows, columns). */
export function gatherFloats(
  x: usize,
  data: usize,
  order: usize,
  rows: usize,
  columns: usize,
  scale: f32,
): void {
  gatherWords(x, data, order, rows, columns);
  if (scale == 1) return;
  const end = x + ((rows * columns) << 2);
  for (; x < end; x += 4) store<f32>(x, load<f32>(x) * scale);
}

/**
 * x(i) ← data(order(i)), each category one-hot. x: (rows, columns); data: (any, width); spans: (count, 2): 0 and how many
 * numbers are copied, or 1 and how many columns the next category becomes; 2 is like 1, with the values on and off that
 * follow, (2, columns).
 */
export function gatherSpans(
  x: usize,
  data: usize,
  order: usize,
  spans: usize,
  rows: usize,
  width: usize,
  columns: usize,
  count: usize,
): void {
  memory.fill(x, 0, (rows * columns) << 2);
  const end = spans + (count << 3);
  let on = end;
  // Span by span, so that what a row consists of is looked up once for all rows, which stay in the cache.
  for (let span = spans; span < end; span += 8) {
    const size = usize(load<u32>(span, 4));
    const kind = load<u32>(span);
    if (kind == 0) {
      copyColumns(x, data, order, rows, width, columns, size);
      data += size << 2;
    } else {
      if (kind == 1) markColumns(x, data, order, rows, width, columns, size);
      else setColumns(x, data, order, rows, width, columns, size, on);
      data += 4;
    }
    x += size << 2;
    on += size << 2;
  }
}

/** The first `size` columns of x(i) ← the first words of data(order(i)). */
// @ts-ignore: decorator
@inline
function copyColumns(
  x: usize,
  data: usize,
  order: usize,
  rows: usize,
  width: usize,
  columns: usize,
  size: usize,
): void {
  const bytes = size << 2;
  for (let i: usize = 0; i < rows; i++) {
    const from = data + ((usize(load<u32>(order + (i << 2))) * width) << 2);
    let j: usize = 0;
    for (; j + 16 <= bytes; j += 16) v128.store(x + j, v128.load(from + j));
    for (; j < bytes; j += 4) store<u32>(x + j, load<u32>(from + j));
    x += columns << 2;
  }
}

/** The bits of 1. */
const ONE: u32 = 0x3f800000;

/** Among the first `size` columns of x(i), which are 0: 1 in that of the first word of data(order(i)), if there is one. */
// @ts-ignore: decorator
@inline
function markColumns(
  x: usize,
  data: usize,
  order: usize,
  rows: usize,
  width: usize,
  columns: usize,
  size: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    const value = usize(load<u32>(data + ((usize(load<u32>(order + (i << 2))) * width) << 2)));
    // Without a branch: all bits if there is such a column, none if not.
    const isThere = 0 - usize(value < size);
    store<u32>(x + ((value & isThere) << 2), ONE & isThere);
    x += columns << 2;
  }
}

/** The first `size` columns of x(i) ← their values off, or on in that of the first word of data(order(i)), if there is one. */
// @ts-ignore: decorator
@inline
function setColumns(
  x: usize,
  data: usize,
  order: usize,
  rows: usize,
  width: usize,
  columns: usize,
  size: usize,
  on: usize,
): void {
  const off = on + (columns << 2);
  for (let i: usize = 0; i < rows; i++) {
    const value = usize(load<u32>(data + ((usize(load<u32>(order + (i << 2))) * width) << 2)));
    memory.copy(x, off, size << 2);
    if (value < size) store<u32>(x + (value << 2), load<u32>(on + (value << 2)));
    x += columns << 2;
  }
}

/** sums ← Σ over rows of a, or sums ← sums + … where `accumulate`. sums: (columns); a: (rows, columns). */
export function sumColumns(sums: usize, a: usize, rows: usize, columns: usize, accumulate: bool): void {
  const zero = f32x4.splat(0);
  const line = columns << 2;
  for (let j: usize = 0; j < columns; j += 4) {
    const count = min<usize>(4, columns - j);
    let at = a + (j << 2);
    let total = zero;
    if (count == 4) {
      if (accumulate) total = v128.load(sums);
      for (let i: usize = 0; i < rows; i++) {
        total = f32x4.add(total, v128.load(at));
        at += line;
      }
      v128.store(sums, total);
    } else {
      if (accumulate) total = loadPart(sums, count, zero);
      for (let i: usize = 0; i < rows; i++) {
        total = f32x4.add(total, loadPart(at, count, zero));
        at += line;
      }
      storePart(sums, total, count);
    }
    sums += 16;
  }
}
