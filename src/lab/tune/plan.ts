/**
 * How long which trials are trained. Successive halving (Jamieson and Talwalkar 2016; here as in Hyperband, Li et al.
 * 2018): of n trials the best ⌈n / η⌉ go on to η times as many epochs, and so on. Pure functions.
 */

import { usageError } from '../../errors.js';
import { option } from '../../wording.js';

/** Trials that are trained up to so many epochs; the best of the rung below them. */
export interface Rung {
  trials: number;
  /** Since the start of a trial. */
  epochs: number;
}

export interface PlanRequest {
  strategy: 'random' | 'halving';
  trials: number;
  /** The most that a trial is trained for. */
  epochs: number;
  eta: number;
  /** Of the first rung; null: the most with which the last comes as near to `epochs` as it can. */
  minEpochs: number | null;
}

/**
 * The rungs, from the first. Of halving: as many as it takes until fewer than η trials are left, or until η times as
 * many epochs would be more than there are. With R = epochs, s = ⌊log_η n⌋: r = max(1, ⌊R / ηˢ⌋) epochs at first.
 * @throws usage where the first rung would have more epochs than the last may
 */
export function planRungs({ strategy, trials, epochs, eta, minEpochs }: PlanRequest): Rung[] {
  if (strategy === 'random') return [{ trials, epochs }];
  const least = minEpochs ?? Math.max(1, Math.floor(epochs / eta ** wholeLog(trials, eta)));
  if (least > epochs) {
    throw usageError(
      `${option('minEpochs')}: expected 1 to ${epochs} (${option('epochs')}), got ${least}.`,
      `Leave it out, or give more ${option('epochs')}.`,
    );
  }
  const last = Math.min(wholeLog(trials, eta), wholeLog(Math.floor(epochs / least), eta));
  const rungs = [{ trials, epochs: least }];
  for (let rung = 1; rung <= last; rung++) {
    rungs.push({ trials: Math.ceil(rungs.at(-1)!.trials / eta), epochs: least * eta ** rung });
  }
  return rungs;
}

/** Epochs that are trained in all, as every rung goes on from the one below. */
export function countEpochs(rungs: readonly Rung[]): number {
  return rungs.reduce((sum, { trials }, rung) => sum + trials * epochsOf(rungs, rung), 0);
}

/** Epochs that a trial is trained for in a rung, on top of the one below. */
export function epochsOf(rungs: readonly Rung[], rung: number): number {
  return rungs[rung]!.epochs - (rungs[rung - 1]?.epochs ?? 0);
}

/** ⌊log_base value⌋, exact for whole numbers. */
function wholeLog(value: number, base: number): number {
  let power = 0;
  for (let rest = Math.floor(value / base); rest >= 1; rest = Math.floor(rest / base)) power++;
  return power;
}
