/**
 * The part of a checkpoint about judged epochs: the best of them, and the counters of early stopping.
 * Everything is validated on reading. JSON represents figures that are not finite as null.
 */
import { damaged, isCount, isRecord } from './checks.js';
import type { BestEpoch, SavedJudgement, SavedWatch } from './saved-state.js';

type BestFigures = Omit<BestEpoch, 'weights'>;

/** @throws failed if it is not an epoch with its figures */
export function checkBest(best: unknown, where: string): BestFigures | null {
  if (best === null) return null;
  const { epoch, value, training, validation } = isRecord(best) ? best : {};
  if (!isCount(epoch, 1) || !Number.isFinite(value)) throw damaged(where, 'an epoch and its figure', best);
  return {
    epoch,
    value: value as number,
    training: checkJudgement(training, `${where}, training`),
    validation: validation === null ? null : checkJudgement(validation, `${where}, validation`),
  };
}

function checkJudgement(judgement: unknown, where: string): SavedJudgement {
  const { loss, accuracy, rmse, metrics } = isRecord(judgement) ? judgement : {};
  const others = metrics === undefined ? {} : metrics;
  const known = [loss, accuracy, rmse, ...(isRecord(others) ? Object.values(others) : [undefined])];
  if (!known.every(isNumberOrNull)) throw damaged(where, 'figures', judgement);
  const figures = { loss: loss ?? Number.NaN, accuracy, rmse } as SavedJudgement;
  return metrics === undefined ? figures : { ...figures, metrics: metrics as Record<string, number | null> };
}

/** @throws failed if something is missing or malformed */
export function checkWatch(watch: unknown, where: string): SavedWatch {
  if (!isRecord(watch)) throw damaged(where, 'what was counted of the epochs', watch);
  const { figure, epoch, mark, waited, plateau } = watch;
  const isSound = typeof figure === 'string' && isCount(epoch) && isCount(waited) && isNumberOrNull(mark);
  if (!isSound) throw damaged(where, 'a figure, an epoch, a mark and epochs waited', watch);
  return { figure, epoch, mark, waited, plateau: checkPlateau(plateau, `${where}, plateau`) };
}

function checkPlateau(plateau: unknown, where: string): SavedWatch['plateau'] {
  if (plateau === null) return null;
  const { best, bad, cooldown, factor } = isRecord(plateau) ? plateau : {};
  const isFactor = typeof factor === 'number' && factor >= 0 && factor <= 1;
  if (isNumberOrNull(best) && isCount(bad) && isCount(cooldown) && isFactor) {
    return { best, bad, cooldown, factor };
  }
  throw damaged(where, 'the state of a schedule', plateau);
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isFinite(value));
}
