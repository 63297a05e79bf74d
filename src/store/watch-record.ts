/**
 * The part of a checkpoint about judged epochs: the best of them, and the counters of early stopping.
 * Everything is validated on reading. JSON represents figures that are not finite as null.
 */

import type { Judgement } from '../model/judgement.js';
import type { Best, WatchState } from '../model/state.js';
import { damaged, isCount } from './checks.js';
import { isPlain } from './run-files.js';

type BestFigures = Omit<Best, 'weights'>;

/** @throws failed if it is not an epoch with its figures */
export function checkBest(best: unknown, where: string): BestFigures | null {
  if (best === null) return null;
  const { epoch, value, training, validation } = isPlain(best) ? best : {};
  if (!isCount(epoch, 1) || !Number.isFinite(value)) throw damaged(where, 'an epoch and its figure', best);
  return {
    epoch,
    value: value as number,
    training: checkJudgement(training, `${where}, training`),
    validation: validation === null ? null : checkJudgement(validation, `${where}, validation`),
  };
}

function checkJudgement(judgement: unknown, where: string): Judgement {
  const { loss, accuracy, rmse, metrics } = isPlain(judgement) ? judgement : {};
  const others = metrics === undefined ? {} : metrics;
  const known = [loss, accuracy, rmse, ...(isPlain(others) ? Object.values(others) : [undefined])];
  if (!known.every(isNumberOrNull)) throw damaged(where, 'figures', judgement);
  const figures = { loss: loss ?? Number.NaN, accuracy, rmse } as Judgement;
  return metrics === undefined ? figures : { ...figures, metrics: metrics as Record<string, number | null> };
}

/** @throws failed if something is missing or malformed */
export function checkWatch(watch: unknown, where: string): WatchState {
  if (!isPlain(watch)) throw damaged(where, 'what was counted of the epochs', watch);
  const { figure, epoch, mark, waited, plateau } = watch;
  const isSound = typeof figure === 'string' && isCount(epoch) && isCount(waited) && isNumberOrNull(mark);
  if (!isSound) throw damaged(where, 'a figure, an epoch, a mark and epochs waited', watch);
  return { figure, epoch, mark, waited, plateau: checkPlateau(plateau, `${where}, plateau`) };
}

function checkPlateau(plateau: unknown, where: string): WatchState['plateau'] {
  if (plateau === null) return null;
  const { best, bad, cooldown, factor } = isPlain(plateau) ? plateau : {};
  const isFactor = typeof factor === 'number' && factor >= 0 && factor <= 1;
  if (isNumberOrNull(best) && isCount(bad) && isCount(cooldown) && isFactor) {
    return { best, bad, cooldown, factor };
  }
  throw damaged(where, 'the state of a schedule', plateau);
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isFinite(value));
}
