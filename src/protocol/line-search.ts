/**
 * Line search along a direction of descent, for a step t that fulfils the strong Wolfe conditions,
 *   φ(t) ≤ φ(0) + c₁ t φ′(0)   and   |φ′(t)| ≤ −c₂ φ′(0),   φ(t) = E(w + t d).
 * Nocedal and Wright, Numerical Optimization, Algorithms 3.5 and 3.6. A generator: it yields each t to try and receives the
 * point there. If E differs by less than rounding, φ(t) is replaced by φ(0) + t (φ′(0) + φ′(t)) / 2, which turns the first
 * condition into Hager and Zhang's approximate one (2005, equation 4.1). It depends only on these numbers, so all workers
 * can run it at the same time and make the same decisions.
 */

/** φ and φ′ at a t. */
export interface Point {
  t: number;
  E: number;
  slope: number;
}

export interface Wolfe {
  /** Least fall of E, relative to what the slope promises. */
  c1: number;
  /** Largest remaining slope, relative to that at the start. */
  c2: number;
  /** Smaller relative differences of E count as rounding. */
  rounding: number;
}

/** The usual values for quasi-Newton methods, and the rounding of an E that is a sum of float32 values. */
export const WOLFE: Wolfe = { c1: 1e-4, c2: 0.9, rounding: 1e-6 };
/** After this many points, the search ends with the best one. */
const MOST_POINTS = 20;
/** Least and largest factor from one step to the next while the minimum is still ahead. */
const FARTHER = [2, 10] as const;
/** Least distance of a trial from the ends of the bracket, relative to its length. */
const MARGIN = 0.01;
/** If two trials have left more than this share of the bracket, the next one halves it (Moré and Thuente 1994). */
const SHRINKING = 2 / 3;

export type Search = Generator<number, Point | null, Point>;

/**
 * @param start φ(0) and φ′(0) < 0, with t = 0
 * @param first the first t
 * @returns a point that fulfils both conditions; if none was found, the lowest one that fulfils the first, or null
 */
export function* searchLine(start: Point, first: number, { c1, c2, rounding }: Wolfe = WOLFE): Search {
  const isLower = ({ t, E }: Point) => E <= start.E + c1 * t * start.slope;
  // Near a minimum, E is too coarse for comparisons; the slopes are not.
  const sharpen = (point: Point): Point => {
    if (!(Math.abs(point.E - start.E) < rounding * Math.abs(start.E))) return point;
    return { ...point, E: start.E + (point.t * (start.slope + point.slope)) / 2 };
  };
  const isFlat = ({ slope }: Point) => Math.abs(slope) <= -c2 * start.slope;
  let points = 0;
  let before = start;
  let bracket: [low: Point, high: Point] | null = null;
  for (let t = first; !bracket; ) {
    const point = sharpen(yield t);
    if (!isLower(point) || (points > 0 && point.E >= before.E)) bracket = [before, point];
    else if (isFlat(point)) return point;
    else if (point.slope >= 0) bracket = [point, before];
    else if (points + 1 >= MOST_POINTS) return point;
    else t = clamp(lowestBetween(before, point), FARTHER[0] * point.t, FARTHER[1] * point.t);
    points++;
    before = point;
  }
  let [low, high] = bracket;
  const lengths = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (; points < MOST_POINTS; points++) {
    const length = Math.abs(high.t - low.t);
    const [from, to] = [Math.min(low.t, high.t) + MARGIN * length, Math.max(low.t, high.t) - MARGIN * length];
    const halve = length > SHRINKING * lengths.shift()!;
    lengths.push(length);
    const point = sharpen(yield halve ? (from + to) / 2 : clamp(lowestBetween(low, high), from, to));
    if (!isLower(point) || point.E >= low.E) high = point;
    else if (isFlat(point)) return point;
    else {
      if (point.slope * (high.t - low.t) >= 0) high = low;
      low = point;
    }
  }
  return low.t > 0 ? low : null;
}

/** Minimum of the cubic through two points with their slopes (equation 3.59); NaN if it has none. */
function lowestBetween(a: Point, b: Point): number {
  const d1 = a.slope + b.slope - (3 * (a.E - b.E)) / (a.t - b.t);
  const d2 = Math.sign(b.t - a.t) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  return b.t - ((b.t - a.t) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
}

/** Limits a value to a range; NaN becomes the middle. */
function clamp(value: number, from: number, to: number): number {
  return Number.isNaN(value) ? (from + to) / 2 : Math.min(Math.max(value, from), to);
}
