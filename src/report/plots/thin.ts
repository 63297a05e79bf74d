/** Reduces the number of points in long lines, and keeps every peak and dip. Pure functions. */
import type { Datum } from './chart.js';

/** More points than this cannot be distinguished across 400 pixels. */
const MOST_POINTS = 800;

/** Keeps the lowest and the highest point of each run of neighbours, and the first and the last of all. */
export function thin(data: readonly Datum[], most = MOST_POINTS): readonly Datum[] {
  if (data.length <= most) return data;
  const run = Math.ceil((2 * data.length) / most);
  const kept = new Set([0, data.length - 1]);
  for (let begin = 0; begin < data.length; begin += run) {
    let low = begin;
    let high = begin;
    for (let i = begin; i < Math.min(begin + run, data.length); i++) {
      if (data[i]!.y < data[low]!.y) low = i;
      if (data[i]!.y > data[high]!.y) high = i;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b).map(i => data[i]!);
}

/** Picks `count` evenly spaced elements, including the first and the last. */
export function pick<T>(data: readonly T[], count: number): readonly T[] {
  if (data.length <= count) return data;
  return Array.from({ length: count }, (_, i) => data[Math.round((i * (data.length - 1)) / (count - 1))]!);
}
