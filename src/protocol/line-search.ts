/**
 * How far to go along a direction of descent: a search for a step t that fulfils the strong Wolfe conditions,
 *   φ(t) ≤ φ(0) + c₁ t φ′(0)   and   |φ′(t)| ≤ −c₂ φ′(0),   φ(t) = E(w + t d).
 * Nocedal and Wright, Numerical Optimization, Algorithms 3.5 and 3.6. A generator: it yields each t to try and is
 * sent the point there. Where E differs by less than rounding, φ(t) is taken for φ(0) + t (φ′(0) + φ′(t)) / 2, with
 * which the first condition is Hager and Zhang's approximate one (2005, equation 4.1). It depends on these numbers
 * alone, so all workers can run it side by side and decide alike.
 */

/** φ and φ′ at a t. */
export interface Point {
  t: number;
  E: number;
  slope: number;
}

export interface Wolfe {
  /** How much of the fall that the slope promises there has to be. */
  c1: number;
  /** The part of the slope that may be left. */
  c2: number;
  /** Differences of E of less than this part of it are taken for rounding. */
  rounding: number;
}

/** The usual ones of quasi-Newton methods, for an E that is added up of float32 values. */
export const WOLFE: Wolfe = { c1: 1e-4, c2: 0.9, rounding: 1e-6 };
/** After so many points the best of them has to do. */
const MOST_POINTS = 20;
/** How much farther the next step is, at least and at most, while the minimum is still ahead. */
const FARTHER = [2, 10] as const;
/** A trial keeps this part of the bracket from its ends. */
const MARGIN = 0.01;
/** Where two trials have left more than this part of the bracket, the next halves it (Moré and Thuente 1994). */
const SHRINKING = 2 / 3;

export type Search = Generator<number, Point | null, Point>;

/**
 * @param start φ(0) and φ′(0) < 0, with t = 0
 * @param first the first t
 * @returns a point that fulfils both conditions; where none was found, the lowest one that fulfils the first; else null
 */
export function* searchLine(start: Point, first: number, { c1, c2, rounding }: Wolfe = WOLFE): Search {
  const isLower = ({ t, E }: Point) => E <= start.E + c1 * t * start.slope;
  // Near a minimum E is too coarse to tell, and the slopes, which are not, take its place.
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

/** Where the cubic through two points with their slopes is lowest (equation 3.59); NaN where it has no such place. */
function lowestBetween(a: Point, b: Point): number {
  const d1 = a.slope + b.slope - (3 * (a.E - b.E)) / (a.t - b.t);
  const d2 = Math.sign(b.t - a.t) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  return b.t - ((b.t - a.t) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
}

/** The middle where the value is not a number. */
function clamp(value: number, from: number, to: number): number {
  return Number.isNaN(value) ? (from + to) / 2 : Math.min(Math.max(value, from), to);
}
