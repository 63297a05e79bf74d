/**
 * A study: plans the measurements, runs each in a fresh process, and fits laws to the results. It accesses
 * neither terminal nor files: it yields new records, and receives earlier ones.
 */
import { assembleScaling } from './assemble.js';
import { assembleBatchCurves } from './batch-curves.js';
import { measureBatch } from './batch-run.js';
import { withChecksum } from './checksum.js';
import { configureStudy, type StudyOptions } from './configure.js';
import { StudyLog } from './log.js';
import { describeMachine } from './machine.js';
import type { StudyRecord, StudyReport } from './records.js';
import { measureScaling } from './scaling-run.js';
import type { Study } from './schema.js';
import type { StudyHeader } from './study-header.js';

export interface StudyRun {
  /** Command that repeats the study, for study.json. */
  command?: string;
  /** Records of an interrupted run, which are not measured again. */
  records?: readonly StudyRecord[];
  /** Ends the study and abandons the current measurement. */
  signal?: AbortSignal | null;
}

/**
 * Measures, and reports as it goes. The last report has the whole study, or null if the signal ended it.
 * @throws usage if it can't be measured, or if the records are of another study; failed if a process failed
 */
export async function* study(
  options: StudyOptions,
  { command = '', records = [], signal = null }: StudyRun = {},
): AsyncGenerator<StudyReport, void> {
  const configuration = await configureStudy(options);
  const log = new StudyLog(configuration, describeMachine(configuration), command, records);
  const measure = configuration.mode === 'batch' ? measureBatch : measureScaling;
  const isWhole = yield* measure(log, signal);
  yield { type: 'end', result: isWhole ? assembleStudy(log) : null };
}

/**
 * The study that the records form; a strong or weak one needs a sample of every point. Pure: the same records
 * give the same study.
 */
export function assembleStudy(log: StudyLog): Study {
  const { configuration, machine } = log;
  const header: Omit<StudyHeader, 'sha256' | 'configuration' | 'machine'> = log.header();
  if (configuration.mode === 'batch') {
    const { trials } = log;
    const curves = assembleBatchCurves(configuration, trials, log.noise);
    return withChecksum({ ...header, mode: 'batch', machine, configuration, trials, curves });
  }
  const { samples, roofs } = log;
  const { points, curves } = assembleScaling(configuration, machine.usableCores, samples, roofs);
  const { mode } = configuration;
  return withChecksum({ ...header, mode, machine, configuration, samples, points, roofs, curves });
}
