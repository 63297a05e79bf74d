/** The number of a cell from its feature, as precisely as a float32 keeps it. Pure. */
import type { ColumnEncoding } from '../../data/dataset.js';
import { clipSmoothly } from '../../data/table/clip.js';

type NumberEncoding = Extract<ColumnEncoding, { kind: 'number' }>;

/** Distance of float32 numbers between 1 and 2. */
const STEP = 2 ** -23;
/** Largest relative change of the number from one float32 to the next. */
const COARSEST = 0.01;
/** A float32 has seven digits, and nine tell all of them apart. */
const MOST_DIGITS = 9;

/**
 * The shortest number whose feature is x; null if numbers that differ by a percent have the same feature, as they do a thousand
 * deviations away with robust scaling.
 */
export function numberAt(x: number, encoding: NumberEncoding): number | null {
  const { mean, deviation, clip } = encoding;
  const scaled = unclip(x, clip);
  const next = unclip(x * (1 + STEP), clip);
  if (!(Math.abs(next - scaled) <= COARSEST * Math.abs(scaled))) return null;
  if (featureOf(0, encoding) === x) return 0;
  const number = mean + deviation * scaled;
  for (let digits = 1; digits < MOST_DIGITS; digits++) {
    const short = Number(number.toPrecision(digits));
    if (featureOf(short, encoding) === x) return short;
  }
  return Number(number.toPrecision(MOST_DIGITS));
}

/** Inverse of clipSmoothly; not a number for the limit and beyond. */
function unclip(x: number, clip: number | undefined): number {
  if (clip === undefined) return x;
  return x / Math.sqrt(1 - (x / clip) * (x / clip));
}

function featureOf(number: number, { mean, deviation, clip }: NumberEncoding): number {
  const scaled = (number - mean) / deviation;
  return Math.fround(clip === undefined ? scaled : clipSmoothly(scaled, clip));
}
