/** Vectors that are not full: the last one to three floats of a row. Nothing past the end is touched. And their sums. */

/** The first `count` (1 to 3) floats at `from`, the other lanes of `rest`. */
export function loadPart(from: usize, count: usize, rest: v128): v128 {
  let v = v128.load_lane<f32>(from, rest, 0);
  if (count > 1) v = v128.load_lane<f32>(from + 4, v, 1);
  if (count > 2) v = v128.load_lane<f32>(from + 8, v, 2);
  return v;
}

/** Stores the first `count` (1 to 3) lanes of v. */
export function storePart(to: usize, v: v128, count: usize): void {
  v128.store_lane<f32>(to, v, 0);
  if (count > 1) v128.store_lane<f32>(to + 4, v, 1);
  if (count > 2) v128.store_lane<f32>(to + 8, v, 2);
}

/** total + the first `count` (1 to 4) lanes. */
export function addLanes(total: f64, terms: v128, count: usize): f64 {
  total += f64(f32x4.extract_lane(terms, 0));
  if (count > 1) total += f64(f32x4.extract_lane(terms, 1));
  if (count > 2) total += f64(f32x4.extract_lane(terms, 2));
  if (count > 3) total += f64(f32x4.extract_lane(terms, 3));
  return total;
}

/** One value a row: those of rows i to i + count − 1; 1 each where there are none, at 0. */
@inline
export function loadRows(values: usize, i: usize, count: usize): v128 {
  if (!values) return f32x4.splat(1);
  const at = values + (i << 2);
  return count == 4 ? v128.load(at) : loadPart(at, count, f32x4.splat(0));
}

/**
 * The value of the row of each of `count` elements, from row i, column j on; 1 each where there are none, at 0. A table
 * of one column is walked as one row: there j is the row.
 */
@inline
export function loadElements(values: usize, columns: usize, i: usize, j: usize, count: usize): v128 {
  if (columns == 1) return loadRows(values, j, count);
  return values ? v128.load32_splat(values + (i << 2)) : f32x4.splat(1);
}

/** Values of the columns from j on; those of a table of one column, which is walked as one row, are all the first. */
@inline
export function loadColumns(values: usize, columns: usize, j: usize, count: usize): v128 {
  if (columns == 1) return v128.load32_splat(values);
  const at = values + (j << 2);
  return count == 4 ? v128.load(at) : loadPart(at, count, f32x4.splat(0));
}
