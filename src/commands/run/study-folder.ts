/**
 * The folders of tune and scale: their files, and how they are read. A finished one has a tune.json or study.json; an
 * unfinished one is read from its journal, which is not changed, because it may be in use.
 */
import { join } from 'node:path';
import { shellLine } from '../../config/flags.js';
import { usageError } from '../../errors.js';
import { isAsWritten } from '../../lab/scale/checksum.js';
import type { StudyRecord } from '../../lab/scale/records.js';
import type { Study } from '../../lab/scale/schema.js';
import { STUDY_FORMAT, STUDY_VERSION, type StudyHeader } from '../../lab/scale/study-header.js';
import { surveyStudy } from '../../lab/scale/survey.js';
import { faultOfRecords, faultOfTuning } from '../../lab/tune/check-files.js';
import type { TuneRecord } from '../../lab/tune/records.js';
import { TUNE_FORMAT, TUNE_VERSION, type Tuning } from '../../lab/tune/schema.js';
import { surveySearch } from '../../lab/tune/survey.js';
import type { Progress } from '../../report/page.js';
import { readJournal } from '../../store/journal.js';
import { readObject } from '../../store/read-run.js';

/** The files in the folder of a search, which also has trials/ and best/. */
export const TUNE_FILES = {
  journal: 'trials.jsonl',
  tuning: 'tune.json',
  table: 'tune.csv',
  page: 'report.html',
} as const;

/** The files in the folder of a study. */
export const STUDY_FILES = {
  journal: 'samples.jsonl',
  study: 'study.json',
  table: 'study.csv',
  page: 'report.html',
} as const;

interface FoundSearch {
  kind: 'search';
  tuning: Tuning;
  progress: Progress | null;
}

/** What such a folder holds. The progress is null once it is finished. */
export type Found =
  | FoundSearch
  | {
      kind: 'study';
      header: Pick<StudyHeader, 'command' | 'configuration'>;
      /** null as long as there are too few measurements. */
      study: Study | null;
      progress: (Progress & { needed: number }) | null;
    };

/**
 * null for any other folder.
 * @throws usage if it was written by another release or a file is damaged; failed if a file cannot be read
 */
export async function readStudyFolder(folder: string): Promise<Found | null> {
  return (await readSearch(folder)) ?? readStudy(folder);
}

/** null for any other folder. @throws as readStudyFolder */
export async function readSearch(folder: string): Promise<FoundSearch | null> {
  const whole = await readWhole<Tuning>(join(folder, TUNE_FILES.tuning), TUNE_FORMAT, TUNE_VERSION);
  if (whole) {
    refuse(join(folder, TUNE_FILES.tuning), faultOfTuning(whole));
    return { kind: 'search', tuning: whole, progress: null };
  }
  const path = join(folder, TUNE_FILES.journal);
  const records = await readJournal<TuneRecord>(path);
  if (records === null) return null;
  checkSearchRecords(path, records);
  const { tuning, ...progress } = surveySearch(records);
  return { kind: 'search', tuning: { ...tuning, command: resumeLine(tuning.command, folder) }, progress };
}

/** @throws usage if the records of a journal, which has some, are not those of a search */
export function checkSearchRecords(path: string, records: readonly TuneRecord[]): void {
  checkBegun(path, records[0], TUNE_FORMAT, TUNE_VERSION);
  refuse(path, faultOfRecords(records));
}

function refuse(path: string, fault: string | null): void {
  if (fault === null) return;
  throw usageError(
    `${path}: it was damaged or changed after it was written: ${fault}.`,
    'Repeat the command that wrote it, with another --out.',
  );
}

async function readStudy(folder: string): Promise<Found | null> {
  const file = join(folder, STUDY_FILES.study);
  const whole = await readWhole<Study>(file, STUDY_FORMAT, STUDY_VERSION);
  if (whole && !isAsWritten(whole)) {
    throw usageError(
      `${file}: its figures are not those of its checksum: it was changed after it was written.`,
      `Delete it and repeat the study, which measures nothing that ${STUDY_FILES.journal} has: ${resumeLine(whole.command, folder)}`,
    );
  }
  if (whole) return { kind: 'study', header: whole, study: whole, progress: null };
  const path = join(folder, STUDY_FILES.journal);
  const records = await readJournal<StudyRecord>(path);
  if (records === null) return null;
  checkBegun(path, records[0], STUDY_FORMAT, STUDY_VERSION);
  const { header, study, ...progress } = surveyStudy(records);
  const command = resumeLine(header.command, folder);
  return { kind: 'study', header: { ...header, command }, study: study && { ...study, command }, progress };
}

/** The file that is written at the end; null if it does not exist. */
async function readWhole<T extends Tuning | Study>(
  path: string,
  format: T['format'],
  version: T['version'],
): Promise<T | null> {
  const object = await readObject(path);
  if (object === null) return null;
  checkBegun(path, object, format, version);
  return object as unknown as T;
}

/** @throws usage if this release does not write such files */
function checkBegun(path: string, begin: object | undefined, format: string, version: number): void {
  const got = begin as { format?: unknown; version?: unknown } | null | undefined;
  if (got?.format === format && got.version === version) return;
  const is = got ? `${got.format}, version ${got.version}` : 'nothing yet';
  throw usageError(
    `${path}: expected ${format}, version ${version}, got ${is}.`,
    'Repeat the command that wrote it, with another --out.',
  );
}

/** The line that resumes: the original one, with --out if the folder got its name from the time. */
function resumeLine(command: string, folder: string): string {
  return / --out[ =]/.test(command) ? command : `${command} ${shellLine(['--out', folder])}`;
}
