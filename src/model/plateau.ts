/**
 * Reduce-on-plateau: the one schedule that goes by how good the epochs were, and so has a state. The counting is that
 * of PyTorch's ReduceLROnPlateau with a relative threshold. Pure functions.
 */
import { isRising } from './metric.js';
import type { Schedule } from './schedule.js';

export interface PlateauState {
  /** The best figure so far, by more than the threshold; null before the first. */
  best: number | null;
  /** Epochs in a row that were no better, but for those of the cooldown. */
  bad: number;
  /** Epochs of the cooldown that are left. */
  cooldown: number;
  /** The part of the learning rate that is taken. */
  factor: number;
}

export const PLATEAU_START: PlateauState = { best: null, bad: 0, cooldown: 0, factor: 1 };

/**
 * The state after an epoch whose figure of that name was that good. Better is what differs from the best by more than
 * threshold · |best|; after more than `patience` epochs that were not, factor ← max(γ factor, end).
 */
export function afterEpoch(
  state: PlateauState,
  { name, value }: { name: string; value: number },
  { gamma, end, patience, threshold, cooldown }: Schedule,
): PlateauState {
  const isBetter =
    state.best === null ? Number.isFinite(value) : isClearlyBetter(name, value, state.best, threshold);
  const best = isBetter ? value : state.best;
  const resting = state.cooldown > 0;
  const bad = isBetter || resting ? 0 : state.bad + 1;
  const left = resting ? state.cooldown - 1 : 0;
  if (bad <= patience) return { best, bad, cooldown: left, factor: state.factor };
  return { best, bad: 0, cooldown, factor: Math.max(gamma * state.factor, end) };
}

function isClearlyBetter(metric: string, a: number, b: number, threshold: number): boolean {
  const margin = threshold * Math.abs(b);
  return isRising(metric) ? a > b + margin : a < b - margin;
}
