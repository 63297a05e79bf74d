/**
 * Results of a study so far, from its records only: nothing is measured, and no data is read. Pure functions.
 */
import { beginningOf } from '../records.js';
import { countBatch } from './batch-run.js';
import { StudyLog } from './log.js';
import { idOf, planPoints, planRoofs } from './points.js';
import type { StudyRecord } from './records.js';
import type { Study } from './schema.js';
import { assembleStudy } from './study.js';
import type { StudyHeader } from './study-header.js';

/** An unfinished study. */
interface StudySurvey {
  header: Pick<StudyHeader, 'command' | 'configuration'>;
  /**
   * null if there are too few records: for a strong or weak study, a point without a sample; for a batch
   * study, no training.
   */
  study: Study | null;
  /** Finished measurements, their total number, and how many a study needs at least. */
  done: number;
  total: number;
  needed: number;
}

/** @throws usage if the records are not those of a study */
export function surveyStudy(records: readonly StudyRecord[]): StudySurvey {
  const header = beginningOf(records, 'study');
  const { configuration, machine, command } = header;
  const log = new StudyLog(configuration, machine, command, records);
  const counts = { header, done: records.length - 1 };
  if (configuration.mode === 'batch') {
    const study = log.trials.length > 0 ? assembleStudy(log) : null;
    return { ...counts, study, total: countBatch(configuration), needed: 1 };
  }
  const points = planPoints(configuration, machine.usableCores);
  const measured = new Set(log.samples.map(({ point }) => point));
  const isWide = points.every(point => measured.has(idOf(point)));
  const roofs = planRoofs(configuration).length;
  const total = roofs + points.length * configuration.repeats;
  // The roofs come first, and each point is measured once before any is repeated.
  return { ...counts, study: isWide ? assembleStudy(log) : null, total, needed: roofs + points.length };
}
