/**
 * lockstep train DATA --folds K: cross-validation. One training after the other leaves out one fold and is judged on it; each
 * is kept in a folder within the run's, like any other training. An interrupted one is resumed, finished ones are kept.
 */
import { join } from 'node:path';
import type { Settings } from '../../config/options.js';
import { failure } from '../../errors.js';
import { foldsBaselineText } from '../../report/baseline.js';
import { type FoldSummary, foldsData, foldsText } from '../../report/folds.js';
import { findRunFiles } from '../../store/read-run.js';
import { checkRules } from '../../store/rules.js';
import { foldPath, type Plain, RUN_FILES, writeSummary } from '../../store/run-files.js';
import type { StartReport } from '../../train/reports.js';
import type { Call } from '../line/call.js';
import { tellHowToResume } from '../line/messages.js';
import { print, printJson, say } from '../line/print.js';
import { type Interruption, unlessAborted } from '../line/signals.js';
import { applyPreset } from '../settings/preset.js';
import { loadFoldTables } from '../settings/tables.js';
import { tellMissedParts } from '../settings/target.js';
import { checkTogether } from '../settings/train-options.js';
import { checkUnchanged, inFirstPlace, type Job, prepareTables } from './job.js';
import { openPart } from './parts.js';
import { inRunFolder } from './run-folder.js';
import { trainRun } from './train-run.js';

/** Trains and judges each fold that is not finished, and prints the results of all. Returns the exit code. */
export async function crossValidate(job: Job, call: Call): Promise<number> {
  const { run } = job;
  const { source, folds } = await unlessAborted(openFolds(job), call.signal);
  let settings = applyPreset(job.settings, job.chosen, folds.fold(0));
  checkTogether(settings);
  const summaries: FoldSummary[] = [];
  for (let number = 1; number <= folds.count; number++) {
    const path = foldPath(run, number);
    const before = job.resumed && (await openPart(path));
    const foldJob: Job = {
      ...{ run: path, settings, chosen: {}, source, otherPlaces: [] },
      part: { kind: 'fold', number, of: folds.count, run },
      resumed: before && { ...job.resumed!, run: path, ...before, finished: null },
    };
    if (before?.finished) {
      summaries.push(before.finished as FoldSummary);
      continue;
    }
    const cut = call.signal.aborted ? (call.signal.reason as Interruption) : null;
    if (cut) return giveUp(cut, job, number);
    const prepared = prepareTables(foldJob, { ...folds.fold(number - 1), fingerprint: null });
    const ended = await inRunFolder(path, true, () => trainRun(foldJob, prepared, call));
    if (ended.cut) return giveUp(ended.cut, job, number);
    settings = settle(settings, ended.start);
    summaries.push(ended.summary as FoldSummary);
  }
  const summary = foldsData(summaries);
  await writeSummary(run, summary);
  if (settings.json) printJson(summary);
  else print(foldsText(summary));
  say(foldsBaselineText(summaries.map(({ baseline }) => baseline)));
  return tellMissedParts(summaries, 'folds');
}

/**
 * The rows of a job, dealt into folds, and where they were found.
 * @throws usage if the data of a resumed run has changed; failed if another build dealt its rows
 */
async function openFolds(job: Job) {
  const first = foldPath(job.run, 1);
  const begun = job.resumed && (await findRunFiles(first));
  if (begun) checkRules(begun.config.rules, join(first, RUN_FILES.config));
  return inFirstPlace(job, async placed => {
    const { source, settings } = placed;
    const folds = await loadFoldTables(source, settings, job.chosen);
    // The tables of the first fold hold all rows, and the deal depends on nothing else.
    if (begun) checkUnchanged(placed, begun.config, folds.fold(0));
    return { source, folds };
  });
}

/** The values that auto had in the first fold are those of the others. */
function settle(settings: Settings, { backend, batchSize }: StartReport): Settings {
  const isGiven = settings.batchSize === 'full' || settings.batchSchedule !== null;
  return { ...settings, backend, batchSize: isGiven ? settings.batchSize : batchSize };
}

function giveUp(cut: Interruption, { run }: Job, number: number): number {
  tellHowToResume(run, cut, `in fold ${number}`);
  return cut.exitCode;
}

/** The results of a finished cross-validation. @throws failed if its summary is not that of a cross-validation */
export function finishedText(run: string, finished: Plain): string {
  if (Array.isArray(finished.results)) return foldsText(finished as ReturnType<typeof foldsData>);
  throw failure(`${join(run, RUN_FILES.summary)}: expected the results of folds, got none.`);
}
