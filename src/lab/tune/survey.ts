/**
 * Results of a search so far, from its records only: nothing is trained, and no data is read. Pure functions.
 */
import { beginningOf } from '../records.js';
import { drawTrials } from './draw.js';
import { bestTrial, TuneLog } from './log.js';
import type { TuneRecord } from './records.js';
import type { Tuning } from './schema.js';

/** An unfinished search. */
interface TuneSurvey {
  /**
   * Its best is the best result of the highest rung so far, without the command that repeats it; null if none
   * has a value.
   */
  tuning: Tuning;
  /** Finished epochs, and their total number. */
  done: number;
  total: number;
}

/** @throws usage if the records are not those of a search */
export function surveySearch(records: readonly TuneRecord[]): TuneSurvey {
  const { configuration, command } = beginningOf(records, 'tune');
  const { space, seed, rungs, warmStart } = configuration;
  const log = new TuneLog(configuration, command, records);
  const { done, total, best } = log.report();
  const trials = drawTrials(space, seed, rungs[0]!.trials, warmStart);
  const tuning = log.assemble(trials, () => '');
  return { tuning: { ...tuning, best: best && bestTrial(best, trials, '') }, done, total };
}
