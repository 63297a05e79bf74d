/** lockstep report RUN…: writes a page about training runs, a search or a study, from their folders. */
import { join } from 'node:path';
import { shellLine, trainLine } from '../config/flags.js';
import { usageError } from '../errors.js';
import { runPage } from '../report/run/page.js';
import { toRuns } from '../report/run/record.js';
import { studyPage } from '../report/scale/page.js';
import { tunePage } from '../report/tune/page.js';
import { writeAtomically } from '../store/atomic.js';
import { type PartFiles, readParts } from '../store/read-parts.js';
import { readRunFiles } from '../store/read-run.js';
import type { Plain } from '../store/run-files.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { print, printJson } from './line/print.js';
import { findRun } from './run/find-run.js';
import { placeOf } from './run/output-file.js';
import { recordFromHere } from './run/recorded-files.js';
import { type Found, readStudyFolder, TUNE_FILES } from './run/study-folder.js';
import { showRuns } from './run/views.js';

const DEFAULT_OUT = 'report.html';

export async function run(call: Call): Promise<number> {
  const { operands, settings } = call;
  if (settings.tensorboard !== null || settings.mlflow !== null) {
    await show(call);
    if (settings.out === null) return 0;
  }
  const found = await findStudy(operands);
  // The page of one run goes into its folder.
  const out = settings.out ?? (operands.length === 1 ? join(operands[0]!, TUNE_FILES.page) : DEFAULT_OUT);
  const { force } = settings;
  const place = await placeOf({ out, force, replacesPages: true, inputs: [] });
  await writeAtomically(place, [found ? pageOf(found, operands[0]!) : await pageOfRuns(operands)]);
  if (settings.json) printJson({ out, runs: operands });
  else print(out);
  return 0;
}

/** Shows runs, and the folds of cross-validations, where the options ask for. */
async function show({ operands, settings }: Call): Promise<void> {
  const read = await Promise.all(operands.map(readRuns));
  const paths = read.flatMap(({ runs }) => runs.map(({ path }) => path));
  const views = await showRuns(paths, settings);
  if (settings.out !== null) return;
  if (settings.json) printJson({ views, runs: operands });
  else for (const name of views) print(name);
}

/**
 * The search or study in a folder; null for runs, with which a search is compared by its best trial.
 * @throws usage if there are other folders beside a study
 */
async function findStudy(paths: readonly string[]): Promise<Found | null> {
  const found = await Promise.all(paths.map(readStudyFolder));
  if (paths.length === 1) return found[0]!;
  const i = found.findIndex(one => one?.kind === 'study');
  if (i < 0) return null;
  throw usageError(
    `${paths[i]} is the folder of a study, which can't be combined with others.`,
    `Report it alone: ${shellLine(['lockstep', 'report', paths[i]!])}.`,
  );
}

/** @throws usage if a study has too few measurements for a page */
function pageOf(found: Found, folder: string): string {
  if (found.kind === 'search') return tunePage(found.tuning, packageVersion(), found.progress);
  const { study, progress, header } = found;
  if (study) return studyPage(study, progress);
  const { done, total, needed } = progress!;
  throw usageError(
    `${folder}: a page needs ${needed} of the ${total} measurements of the study; got ${done}.`,
    `Resume the study: ${header.command}`,
  );
}

async function pageOfRuns(paths: readonly string[]): Promise<string> {
  const read = await Promise.all(paths.map(readRuns));
  const files = await Promise.all(
    read
      .flatMap(({ runs }) => runs)
      .map(async run => ({ ...run, config: await recordFromHere(run.path, run.config) })),
  );
  const begun = read.flatMap(({ begun }) => begun ?? []);
  const commands = files.map(({ config }) => repeatLine(config));
  return runPage(toRuns(files, commands), packageVersion(), begun);
}

/** The line that repeats a training. */
function repeatLine({ data, options }: Plain): string {
  return trainLine(typeof data === 'string' ? data : 'DATA', { ...(options as Plain) });
}

/** A run, or the folds of a cross-validation or the members of an ensemble, and the one that has only begun. @throws usage if there is no run */
async function readRuns(path: string): Promise<Pick<PartFiles, 'runs' | 'begun'>> {
  const parts = await readParts(path);
  if (parts === null) return { runs: [await readRunFiles(await findRun(path))], begun: null };
  if (parts.runs.length > 0) return parts;
  const whole = parts.kind === 'fold' ? 'cross-validation' : 'ensemble';
  throw usageError(
    `${path}: there is nothing to show yet: the first ${parts.kind} of this ${whole} has only begun.`,
    `Wait for it, or resume it: ${shellLine(['lockstep', 'train', '--resume', path])}.`,
  );
}
