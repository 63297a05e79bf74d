/** Ranks trials, and determines which continue. Pure functions of the results. */
import { isBetter } from '../../judge/metrics.js';
import type { Rung } from './plan.js';
import type { Result, TrialSummary } from './schema.js';

/**
 * The results of one rung that have a value, best first by the metric; on a tie the smaller loss wins, then
 * the trial drawn first.
 */
export function rank(results: readonly Result[], rung: number, metric: string): Result[] {
  const finished = results.filter(result => result.rung === rung && result.value !== null);
  return finished.sort((a, b) => {
    if (a.value !== b.value) return isBetter(metric, a.value!, b.value!) ? -1 : 1;
    // A loss that is null comes last.
    return (a.loss ?? Infinity) - (b.loss ?? Infinity) || a.trial - b.trial;
  });
}

/** The trials to train in a rung, in this order, until the rung has enough finished trials. */
export function candidates(results: readonly Result[], rung: number, metric: string): number[] {
  return rank(results, rung - 1, metric).map(({ trial }) => trial);
}

/** The best result of the last rung; null if none has a value yet. */
export function bestOf(results: readonly Result[], rungs: readonly Rung[], metric: string): Result | null {
  return rank(results, rungs.length - 1, metric)[0] ?? null;
}

/**
 * Whether any trial has finished. If none of those has a value, the metric is not defined on the validation
 * rows.
 */
export function haveFinished(trials: readonly TrialSummary[]): boolean {
  return trials.some(({ results }) => results.some(({ outcome }) => outcome === 'finished'));
}

/**
 * The trials whose states or weights may still be needed while a rung is trained: among those that finished
 * the rung, as many as the next rung has; among those that finished only the previous rung, as many as the
 * current rung still needs.
 */
export function needed(
  results: readonly Result[],
  rungs: readonly Rung[],
  rung: number,
  metric: string,
): Set<number> {
  const here = rank(results, rung, metric);
  const reached = new Set(results.filter(result => result.rung === rung).map(({ trial }) => trial));
  const waiting = rung === 0 ? [] : candidates(results, rung, metric).filter(trial => !reached.has(trial));
  const next = rungs[rung + 1]?.trials ?? 1;
  return new Set([
    ...here.slice(0, next).map(({ trial }) => trial),
    ...waiting.slice(0, Math.max(0, rungs[rung]!.trials - here.length)),
  ]);
}

/** All trials in order: those that reached a later rung first, then by rank; those without a value last. */
export function places(
  trials: readonly number[],
  results: readonly Result[],
  rungs: readonly Rung[],
  metric: string,
): number[] {
  const ordered = rungs.flatMap((_, i) =>
    rank(results, rungs.length - 1 - i, metric).map(({ trial }) => trial),
  );
  return [...new Set([...ordered, ...trials])];
}
