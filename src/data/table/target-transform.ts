/**
 * Transforms of a target: what the network learns, t, and back to the target's own value v. Written into exports as it is built,
 * so it uses nothing but the language, and files that do the same. Pure.
 */
import { expm1, log1p } from '../../elementary.js';

/**
 * log: t = sign(v) ln(1 + |v| / unit), which is nearly ln(v / unit) of large v, and 0 at 0.
 * quantile: t is interpolated linearly between the scores of neighbouring values, and so is v between values; beyond the first and
 * the last it stays at their scores. Both lists ascend.
 * `deviation` is that of v.
 */
export type TargetTransform =
  | { kind: 'log'; unit: number; deviation: number }
  | { kind: 'quantile'; values: number[]; scores: number[]; deviation: number };

/** t of v. */
export function transformed(v: number, transform: TargetTransform): number {
  if (transform.kind === 'quantile') return interpolated(v, transform.values, transform.scores);
  const size = log1p(Math.abs(v) / transform.unit);
  return v < 0 ? -size : size;
}

/** v of t. */
export function untransformed(t: number, transform: TargetTransform): number {
  if (transform.kind === 'quantile') return interpolated(t, transform.scores, transform.values);
  const size = transform.unit * expm1(Math.abs(t));
  return t < 0 ? -size : size;
}

/** y at x, linear between the points (xs, ys), and constant beyond them. */
function interpolated(x: number, xs: readonly number[], ys: readonly number[]): number {
  const last = xs.length - 1;
  if (!(x > xs[0]!)) return Number.isNaN(x) ? x : ys[0]!;
  if (x >= xs[last]!) return ys[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  return ys[low]! + (ys[high]! - ys[low]!) * ((x - xs[low]!) / (xs[high]! - xs[low]!));
}
