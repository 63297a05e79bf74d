/** Smooths the curve of a learning-rate range test, and suggests rates from it. Pure functions. */
import { exp } from '../../elementary.js';

/** One step of the test. */
export interface RatePoint {
  learningRate: number;
  /** Loss of the step's batch with the weights before the step, by `reduction`, without penalties. */
  loss: number;
  /** What the mean loss of the initial weights has become, averaged over neighbouring steps. */
  smoothed: number;
}

/** Rates that the curve suggests; null if the loss never falls. */
export interface Suggestions {
  /** The rate to take: the larger of the steepest and a tenth of the lowest. */
  suggested: number | null;
  /** Where the smoothed loss falls most steeply over ln α. */
  steepest: number | null;
  /** Where the smoothed loss is lowest. */
  lowest: number | null;
  /** A tenth of the lowest. */
  tenth: number | null;
}

/** Standard deviation of the Gaussian that smooths, as a part of the number of steps. */
const WIDTH = 0.03;

/** Losses of the initial weights on a batch below this have nothing to learn from. */
const LEAST_LOSS = 1e-12;

/** What part of the loss of the initial weights on the same rows a loss is. */
export function ratioOf(loss: number, still: number): number {
  return (loss + LEAST_LOSS) / (still + LEAST_LOSS);
}

/**
 * Mean of the losses of the initial weights, times a Gaussian-weighted mean of ratios around each step, with weights
 * e^(−½ (distance / width)²); unlike a running mean it has no lag.
 * @param still the losses of the initial weights on the rows of each step
 */
export function smoothLosses(losses: readonly number[], still: readonly number[]): number[] {
  const width = Math.max(1, WIDTH * losses.length);
  const reach = Math.ceil(3 * width);
  const level = still.slice(0, losses.length).reduce((sum, loss) => sum + loss, 0) / losses.length;
  return losses.map((_, i) => {
    let sum = 0;
    let total = 0;
    for (let j = Math.max(0, i - reach); j <= Math.min(losses.length - 1, i + reach); j++) {
      const distance = (j - i) / width;
      const weight = exp(-0.5 * (distance * distance));
      sum += weight * ratioOf(losses[j]!, still[j]!);
      total += weight;
    }
    return (level * sum) / total;
  });
}

/** Part of its whole fall that the loss must have fallen before a steepest place counts: less may be noise of the batches. */
const BEGUN = 0.1;

/** @param points with rates that rise by a constant factor */
export function suggestRates(points: readonly RatePoint[]): Suggestions {
  const none = { suggested: null, steepest: null, lowest: null, tenth: null };
  if (points.length < 3) return none;
  const smoothed = points.map(point => point.smoothed);
  const lowest = indexOfLeast(smoothed);
  const top = smoothed[0]! - BEGUN * (smoothed[0]! - smoothed[lowest]!);
  const begun = Math.max(0, smoothed.findIndex(loss => loss <= top) - 1);
  const falls = points.slice(1, -1).map((_, i) => {
    // Beyond the lowest place, a loss that had risen may fall again.
    return i < begun || i >= lowest ? 0 : smoothed[i + 2]! - smoothed[i]!;
  });
  const steepest = indexOfLeast(falls) + 1;
  // The loss never fell below that of the initial weights.
  if (lowest === 0 || !(falls[steepest - 1]! < 0)) return none;
  const atLowest = points[lowest]!.learningRate;
  const atSteepest = points[steepest]!.learningRate;
  const tenth = atLowest / 10;
  return { suggested: Math.max(atSteepest, tenth), steepest: atSteepest, lowest: atLowest, tenth };
}

function indexOfLeast(values: readonly number[]): number {
  return values.reduce((least, value, i) => (value < values[least]! ? i : least), 0);
}
