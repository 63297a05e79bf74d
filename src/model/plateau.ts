/**
 * Reduce-on-plateau: the only schedule that depends on how good the epochs were, and so has a state. It counts as PyTorch's
 * ReduceLROnPlateau does with a relative threshold. Pure functions.
 */
import { isRising } from './metric.js';
import type { Schedule } from './schedule.js';

export interface PlateauState {
  /** Best figure so far, not counting improvements within the threshold; null before the first. */
  best: number | null;
  /** Epochs in a row without improvement, not counting those of the cooldown. */
  bad: number;
  /** Remaining epochs of the cooldown. */
  cooldown: number;
  /** Factor of the learning rate. */
  factor: number;
}

export const PLATEAU_START: PlateauState = { best: null, bad: 0, cooldown: 0, factor: 1 };

/**
 * The state after an epoch with this value of the figure. An improvement is larger than threshold · |best|; after more
 * than `patience` epochs without one, factor ← max(γ factor, end).
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
