/** Vectors that are not full: the last one to three floats of a row. Nothing past the end is touched. */

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
