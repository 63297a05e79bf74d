/**
 * Plans how many trials are trained for how long. Successive halving (Jamieson and Talwalkar 2016; here as in
 * Hyperband, Li et al. 2018): the best ⌈n / η⌉ of n trials continue to η times as many epochs, and so on.
 * Pure functions.
 */

import { pow } from '../../elementary.js';
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';

/** A number of trials, the best of the previous rung, and the epochs up to which they are trained. */
export interface Rung {
  trials: number;
  /** Since the start of a trial. */
  epochs: number;
}

export interface PlanRequest {
  strategy: 'random' | 'halving';
  trials: number;
  /** Maximum number of epochs of a trial. */
  epochs: number;
  eta: number;
  /**
   * Epochs of the first rung; null for the largest number with which the last rung comes closest to `epochs`.
   */
  minEpochs: number | null;
}

/**
 * The rungs in order. Halving continues until fewer than η trials are left, or η times as many epochs would
 * exceed the maximum. With R = epochs and s = ⌊log_η n⌋, the first rung has r = max(1, ⌊R / ηˢ⌋) epochs.
 * @throws usage if the first rung would have more epochs than the last may have
 */
export function planRungs({ strategy, trials, epochs, eta, minEpochs }: PlanRequest): Rung[] {
  if (strategy === 'random') return [{ trials, epochs }];
  const least = minEpochs ?? Math.max(1, Math.floor(epochs / pow(eta, wholeLog(trials, eta))));
  if (least > epochs) {
    throw usageError(
      `${option('minEpochs')}: expected 1 to ${epochs} (${option('epochs')}), got ${least}.`,
      `Leave it out, or give more ${option('epochs')}.`,
    );
  }
  const last = Math.min(wholeLog(trials, eta), wholeLog(Math.floor(epochs / least), eta));
  const rungs = [{ trials, epochs: least }];
  for (let rung = 1; rung <= last; rung++) {
    rungs.push({ trials: Math.ceil(rungs.at(-1)!.trials / eta), epochs: least * pow(eta, rung) });
  }
  return rungs;
}

/** Total number of trained epochs, as every rung continues from the previous one. */
export function countEpochs(rungs: readonly Rung[]): number {
  return rungs.reduce((sum, { trials }, rung) => sum + trials * epochsOf(rungs, rung), 0);
}

/** Number of epochs that a rung adds to the previous one. */
export function epochsOf(rungs: readonly Rung[], rung: number): number {
  return rungs[rung]!.epochs - (rungs[rung - 1]?.epochs ?? 0);
}

/** ⌊log_base value⌋, exact for integers. */
function wholeLog(value: number, base: number): number {
  let power = 0;
  for (let rest = Math.floor(value / base); rest >= 1; rest = Math.floor(rest / base)) power++;
  return power;
}
