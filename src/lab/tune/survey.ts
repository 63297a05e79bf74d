/** What a search has come to so far, from its records alone: nothing is trained, and no data is read. Pure functions. */
import { drawTrials } from './draw.js';
import { bestTrial, TuneLog } from './log.js';
import { beginningOf, type TuneRecord } from './records.js';
import type { Tuning } from './schema.js';

/** A search as far as it is. */
export interface TuneSurvey {
  /** Its best is the best of the highest rung so far, without the command that repeats it; null where none has a value. */
  tuning: Tuning;
  /** Epochs that are done, and those that there will be. */
  done: number;
  total: number;
}

/** @throws usage where the records are not those of a search */
export function surveySearch(records: readonly TuneRecord[]): TuneSurvey {
  const { configuration, command } = beginningOf(records);
  const { space, seed, rungs } = configuration;
  const log = new TuneLog(configuration, command, records);
  const { done, total, best } = log.report();
  const trials = drawTrials(space, seed, rungs[0]!.trials);
  const tuning = log.assemble(trials, () => '');
  return { tuning: { ...tuning, best: best && bestTrial(best, trials, '') }, done, total };
}
