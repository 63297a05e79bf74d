/**
 * lockstep scale [DATA]: a scaling study. samples.jsonl in its folder grows by one line per measurement, so that the same
 * command resumes after an interruption; study.json, study.csv and report.html are written at the end.
 */
import { join } from 'node:path';
import { isPipe } from '../data/spool/stdin.js';
import { usageError } from '../errors.js';
import { chooseBackend } from '../kernels/choose.js';
import { studyJson } from '../lab/scale/checksum.js';
import type { StudyOptions } from '../lab/scale/configure.js';
import { studyCsv } from '../lab/scale/csv.js';
import type { StudyEndReport, StudyProgressReport, StudyRecord } from '../lab/scale/records.js';
import type { Study } from '../lab/scale/schema.js';
import { study } from '../lab/scale/study.js';
import { studyPage } from '../report/scale/page.js';
import { StudyProgress } from '../report/scale/progress.js';
import { studyText } from '../report/scale/text.js';
import { writeAtomically } from '../store/atomic.js';
import type { Call } from './line/call.js';
import { print, printJson, say } from './line/print.js';
import { follow, inJournaledFolder, type JournaledFolder } from './run/journaled.js';
import { STUDY_FILES } from './run/study-folder.js';
import { checkGiven, studyOptions } from './settings/study-options.js';

export async function run(call: Call): Promise<number> {
  const { operands, settings, given } = call;
  const data = operands[0] ?? null;
  checkGiven(data, settings, given);
  if (data !== null && (await isPipe(data))) {
    throw usageError(
      `${data} is a pipe, which can be read once, but scale reads DATA in several processes.`,
      'Write it to a file.',
    );
  }
  const options = studyOptions(data, settings);
  const native = settings.backends.find(name => name === 'auto' || name === 'blas');
  if (native) say(chooseBackend(native, settings.blas).notice);
  return inJournaledFolder<StudyRecord, number>(settings.out, STUDY_FILES.journal, folder =>
    studyInto(folder, options, call),
  );
}

async function studyInto(
  folder: JournaledFolder<StudyRecord>,
  options: StudyOptions,
  call: Call,
): Promise<number> {
  const { line, settings, signal } = call;
  const { path, journal } = folder;
  const measuring = study(options, { command: line, records: journal.records, signal });
  const progress = new StudyProgress(settings.quiet ? null : process.stderr);
  const result = await follow<StudyProgressReport, StudyEndReport>(measuring, progress, folder, call);
  await writeStudy(path, result);
  if (settings.json) printJson(result);
  else print(`${studyText(result)}\n\n${path}: ${Object.values(STUDY_FILES).join(', ')}`);
  return 0;
}

async function writeStudy(folder: string, result: Study): Promise<void> {
  await writeAtomically(join(folder, STUDY_FILES.study), [studyJson(result)]);
  await writeAtomically(join(folder, STUDY_FILES.table), [studyCsv(result)]);
  await writeAtomically(join(folder, STUDY_FILES.page), [studyPage(result)]);
}
