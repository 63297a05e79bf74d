/** What a study has come to so far, from its records alone: nothing is measured, and no data is read. Pure functions. */
import { countBatch } from './batch-run.js';
import { StudyLog } from './log.js';
import { idOf, planPoints } from './points.js';
import { beginningOf, type StudyRecord } from './records.js';
import type { Study } from './schema.js';
import { assembleStudy } from './study.js';
import type { StudyHeader } from './study-header.js';

/** A study as far as it is. */
export interface StudySurvey {
  header: Pick<StudyHeader, 'command' | 'configuration'>;
  /** null where there is too little: of a strong or weak one a point without a sample, of a batch one no training. */
  study: Study | null;
  /** Measurements that are there, those that there will be, and those without which there is no study. */
  done: number;
  total: number;
  needed: number;
}

/** @throws usage where the records are not those of a study */
export function surveyStudy(records: readonly StudyRecord[]): StudySurvey {
  const header = beginningOf(records);
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
  const total = points.length * configuration.repeats;
  // Each point is measured once before any is again.
  return { ...counts, study: isWide ? assembleStudy(log) : null, total, needed: points.length };
}
