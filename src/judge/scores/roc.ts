/** The ROC curve of one class against the rest. Pure. */
import { type Weights, weightOf } from './classes.js';

/** Shares of the other rows (x) and of the rows of the class (y) that have at least some probability. */
export interface RocPoint {
  x: number;
  y: number;
}

/** A curve as wide as a page shows no more points than this. */
const MOST_POINTS = 200;

/**
 * Points from (0, 0) to (1, 1), one for each probability that occurs; of more than 200, those that are at least 1/100 apart.
 * null if all rows are of the class, or none. Rows count by their weights.
 *
 * @param p probability of the class for each row
 */
export function rocCurve(
  isOfClass: (row: number) => boolean,
  p: Float64Array,
  weights?: Weights,
): RocPoint[] | null {
  const order = Uint32Array.from(p.keys()).sort((a, b) => p[b]! - p[a]!);
  const sums = [{ x: 0, y: 0 }];
  let [x, y] = [0, 0];
  for (let i = 0; i < order.length; ) {
    const value = p[order[i]!]!;
    for (; i < order.length && p[order[i]!] === value; i++) {
      const weight = weightOf(weights, order[i]!);
      if (isOfClass(order[i]!)) y += weight;
      else x += weight;
    }
    sums.push({ x, y });
  }
  if (!(x > 0 && y > 0)) return null;
  const points = sums.map(sum => ({ x: sum.x / x, y: sum.y / y }));
  return points.length <= MOST_POINTS ? points : apart(points);
}

/** The first and the last point, and each that is a hundredth from the one before. */
function apart(points: readonly RocPoint[]): RocPoint[] {
  const kept = [points[0]!];
  for (const point of points) {
    const { x, y } = kept.at(-1)!;
    if (point.x - x + (point.y - y) >= 0.01) kept.push(point);
  }
  return kept.at(-1) === points.at(-1) ? kept : [...kept, points.at(-1)!];
}
