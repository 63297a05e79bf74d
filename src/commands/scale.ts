/**
 * lockstep scale [DATA]: a scaling study. samples.jsonl in its folder grows by one line per measurement, so that the same
 * command resumes after an interruption; study.json, study.csv and report.html are written at the end.
 */
import { join } from 'node:path';
import { isPipe } from '../data/spool/stdin.js';
import { usageError } from '../errors.js';
import { chooseBackend } from '../kernels/choose.js';
import type { StudyOptions } from '../lab/scale/configure.js';
import { studyCsv } from '../lab/scale/csv.js';
import type { StudyRecord } from '../lab/scale/records.js';
import type { Study } from '../lab/scale/schema.js';
import { study } from '../lab/scale/study.js';
import { studyPage } from '../report/scale/page.js';
import { StudyProgress } from '../report/scale/progress.js';
import { studyText } from '../report/scale/text.js';
import { writeAtomically } from '../store/atomic.js';
import { type Journal, openJournal } from '../store/journal.js';
import type { Call } from './line/call.js';
import { print, printJson, printNotice } from './line/print.js';
import { makeRunFolder, whileLocked } from './run/run-folder.js';
import { STUDY_FILES } from './run/study-folder.js';
import { checkGiven, studyOptions } from './settings/study-options.js';

export async function run(call: Call): Promise<number> {
  const { operands, settings, given } = call;
  const data = operands[0] ?? null;
  checkGiven(data, settings, given);
  if (data !== null && (await isPipe(data))) {
    throw usageError(
      `${data} is a pipe, which can be read once, and scale reads DATA in several processes.`,
      'Write it to a file.',
    );
  }
  const options = studyOptions(data, settings);
  const native = settings.backends.find(name => name === 'auto' || name === 'blas');
  if (native) printNotice(chooseBackend(native, settings.blas).notice);
  const folder = await makeRunFolder(settings.out);
  try {
    await whileLocked(folder.path, async () => {
      const journal = await openJournal<StudyRecord>(join(folder.path, STUDY_FILES.journal));
      try {
        await studyInto(folder.path, journal, options, call);
      } finally {
        await journal.close();
      }
    });
  } catch (error) {
    await folder.discard();
    throw error;
  }
  return 0;
}

async function studyInto(
  folder: string,
  journal: Journal<StudyRecord>,
  options: StudyOptions,
  { line, settings, signal }: Call,
): Promise<void> {
  const measuring = study(options, {
    command: line,
    records: journal.records,
    signal,
  });
  const progress = new StudyProgress(settings.quiet ? null : process.stderr);
  const result = await follow(measuring, progress, journal);
  if (result === null) {
    process.stderr.write(`interrupted; the same command with --out ${folder} goes on from here\n`);
    throw signal.reason;
  }
  await writeStudy(folder, result);
  if (settings.json) printJson(result);
  else print(`${studyText(result)}\n\n${folder}: ${Object.values(STUDY_FILES).join(', ')}`);
}

/** Shows and keeps the reports of a study, to its end. */
async function follow(
  measuring: ReturnType<typeof study>,
  progress: StudyProgress,
  journal: Journal<StudyRecord>,
): Promise<Study | null> {
  try {
    for await (const report of measuring) {
      if (report.type === 'end') return report.result;
      if (report.record !== null) await journal.append(report.record);
      progress.show(report);
    }
    return null;
  } finally {
    progress.stop();
  }
}

async function writeStudy(folder: string, result: Study): Promise<void> {
  await writeAtomically(join(folder, STUDY_FILES.study), [`${JSON.stringify(result, null, 1)}\n`]);
  await writeAtomically(join(folder, STUDY_FILES.table), [studyCsv(result)]);
  await writeAtomically(join(folder, STUDY_FILES.page), [studyPage(result)]);
}
