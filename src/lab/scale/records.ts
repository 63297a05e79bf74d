/** Records that a study writes so that it can be resumed. */
import { beginningOf, checkSame } from '../records.js';
import type { NoiseRecord } from './batch-curves.js';
import type { Trial } from './batch-schema.js';
import type { Roofs, Sample } from './scaling-schema.js';
import type { Study } from './schema.js';
import type { MachineDescription, StudyConfiguration, StudyHeader } from './study-header.js';

/** The first record, which describes the study. */
export interface BeginRecord
  extends Pick<StudyHeader, 'format' | 'version' | 'command' | 'startedAt' | 'machine' | 'configuration'> {
  type: 'study';
}

/** The study, and each of its measurements with the time when it ended. */
export type StudyRecord =
  | BeginRecord
  | { type: 'sample'; at: string; sample: Sample }
  | { type: 'roofs'; at: string; roofs: Roofs }
  | { type: 'trial'; at: string; trial: Trial }
  | { type: 'noise'; at: string; noise: NoiseRecord };

/** Yielded at the beginning, and after each measurement. */
export interface StudyProgressReport {
  type: 'progress';
  /** What was added; null at the beginning of a resumed study. Needed to resume from here. */
  record: StudyRecord | null;
  /** Finished measurements, their total number, and the estimated seconds for the missing ones. */
  done: number;
  total: number;
  secondsLeft: number;
}

/** The last report: the whole study; null if the signal ended it. */
export interface StudyEndReport {
  type: 'end';
  result: Study | null;
}

export type StudyReport = StudyProgressReport | StudyEndReport;

/** The first of the records; null if there are none. @throws usage if it belongs to another study or another machine */
export function beginOf(
  records: readonly StudyRecord[],
  configuration: StudyConfiguration,
  machine: MachineDescription,
): BeginRecord | null {
  if (records.length === 0) return null;
  const begin = beginningOf(records, 'study');
  checkSame('study', begin.configuration, configuration);
  checkSame('study', begin.machine, machine);
  return begin;
}
