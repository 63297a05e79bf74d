/** Checks that --refit has what it needs. */
import type { Settings } from '../../config/options.js';
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { countRanks } from '../../session/leader.js';
import { checkDrawn, checkRefit } from '../../train/refit.js';

/** @throws usage if options cannot be combined, whatever the data */
export function checkRefitOptions(settings: Settings): void {
  if (!settings.refit) return;
  const { validation, folds, cache, init, keepEpoch, maxSteps: steps, lrSchedule: schedule } = settings;
  const reasons: [boolean, string, string][] = [
    [folds !== null, '--folds', 'each fold is judged on rows that it has not seen'],
    [validation === 0, '--validation 0', 'nothing then says which epoch is the best'],
    [typeof validation === 'string', '--validation FILE', 'only rows of DATA are trained on'],
    [cache !== null, '--cache', 'it keeps training and validation rows apart'],
    [init !== null, '--init', 'it starts again from random weights'],
    [countRanks() > 1, 'ranks', 'it trains in one process'],
  ];
  for (const [isGiven, what, why] of reasons) {
    if (isGiven)
      throw usageError(`--refit can't be combined with ${what}: ${why}.`, 'Leave one of them out.');
  }
  checkRefit({ keepEpoch, steps, schedule });
}

/** @throws usage if no validation rows were drawn from the data */
export function checkRefitRows(
  { refit, validation: asked }: Settings,
  data: Dataset,
  validation: Dataset | null,
): void {
  // A folder of images has validation images of its own, which a share replaces.
  if (refit) checkDrawn(data, validation, data.encoding.kind === 'table' || typeof asked === 'number');
}
