/** The curve of a learning-rate range test: smoothed, and what it suggests. Pure functions. */
import { exp } from '../../elementary.js';

/** One step of the test. */
export interface RatePoint {
  learningRate: number;
  /** Of the step's batch, by the weights before it, reduced as asked, without penalties. */
  loss: number;
  smoothed: number;
}

/** Rates that the curve suggests; null where it falls nowhere. */
export interface Suggestions {
  /** Where the smoothed loss falls most for a rise of ln α: the one to take. */
  steepest: number | null;
  /** Where the smoothed loss is lowest. */
  lowest: number | null;
  /** A tenth of that: the careful choice. */
  tenth: number | null;
}

/** The deviation of the weights of the mean, in steps, as a part of all of them. */
const WIDTH = 0.03;

/** A mean of each loss and those around it, by the weights e^(−½ (distance / width)²): without the lag of one from before. */
export function smoothLosses(losses: readonly number[]): number[] {
  const width = Math.max(1, WIDTH * losses.length);
  const reach = Math.ceil(3 * width);
  return losses.map((_, i) => {
    let sum = 0;
    let total = 0;
    for (let j = Math.max(0, i - reach); j <= Math.min(losses.length - 1, i + reach); j++) {
      const distance = (j - i) / width;
      const weight = exp(-0.5 * (distance * distance));
      sum += weight * losses[j]!;
      total += weight;
    }
    return sum / total;
  });
}

/** What part of its whole fall the loss has to have made before its steepest place counts: less can be the batches' noise. */
const BEGUN = 0.1;

/**
 * The steepest descent once the loss falls, and a tenth of the rate at the lowest place. The rates rise by the same
 * factor.
 */
export function suggestRates(points: readonly RatePoint[]): Suggestions {
  const none = { steepest: null, lowest: null, tenth: null };
  if (points.length < 3) return none;
  const smoothed = points.map(point => point.smoothed);
  const lowest = indexOfLeast(smoothed);
  const top = smoothed[0]! - BEGUN * (smoothed[0]! - smoothed[lowest]!);
  const begun = Math.max(0, smoothed.findIndex(loss => loss <= top) - 1);
  const falls = points.slice(1, -1).map((_, i) => {
    return i < begun ? 0 : smoothed[i + 2]! - smoothed[i]!;
  });
  const steepest = indexOfLeast(falls) + 1;
  // The loss never fell: the first weights are as good as it gets.
  if (lowest === 0 || !(falls[steepest - 1]! < 0)) return none;
  const rate = points[lowest]!.learningRate;
  return { steepest: points[steepest]!.learningRate, lowest: rate, tenth: rate / 10 };
}

function indexOfLeast(values: readonly number[]): number {
  return values.reduce((least, value, i) => (value < values[least]! ? i : least), 0);
}
