/** lockstep report RUN…: writes a page about training runs, a search or a study, from their folders. */
import { join } from 'node:path';
import { shellLine } from '../config/command-line.js';
import { usageError } from '../errors.js';
import { runPage } from '../report/run/page.js';
import { toRuns } from '../report/run/record.js';
import { studyPage } from '../report/scale/page.js';
import { tunePage } from '../report/tune/page.js';
import { writeAtomically } from '../store/atomic.js';
import { type FoldFiles, readFolds } from '../store/read-folds.js';
import { readRunFiles } from '../store/read-run.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { print, printJson } from './line/print.js';
import { placeOf } from './run/output-file.js';
import { recordFromHere } from './run/recorded-files.js';
import { repeatLine } from './run/repeat.js';
import { type Found, readStudyFolder, TUNE_FILES } from './run/study-folder.js';

const DEFAULT_OUT = 'report.html';

export async function run({ operands, settings }: Call): Promise<number> {
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

/** The search or study in a folder; null for runs. @throws usage if there are other folders beside it */
async function findStudy(paths: readonly string[]): Promise<Found | null> {
  const found = await Promise.all(paths.map(readStudyFolder));
  const i = found.findIndex(one => one !== null);
  if (i < 0 || paths.length === 1) return found[i] ?? null;
  throw usageError(
    `${paths[i]}: expected the folder of a run beside others, got that of a ${found[i]!.kind}.`,
    `Try it by itself: ${shellLine(['lockstep', 'report', paths[i]!])}.`,
  );
}

/** @throws usage if a study has too few measurements for a page */
function pageOf(found: Found, folder: string): string {
  if (found.kind === 'search') return tunePage(found.tuning, packageVersion(), found.progress);
  const { study, progress, header } = found;
  if (study) return studyPage(study, progress);
  const { done, total, needed } = progress!;
  throw usageError(
    `${folder}: expected a study with ${needed} of its ${total} measurements, for a page, got ${done}.`,
    `Go on with it: ${header.command}`,
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
  const commands = files.map(({ config }) => repeatLine(config.data, config.options, config.shards));
  return runPage(toRuns(files, commands), packageVersion(), begun);
}

/** A run; of a cross-validation its folds, and the one that is only begun. @throws usage where there is no run */
async function readRuns(path: string): Promise<Pick<FoldFiles, 'runs' | 'begun'>> {
  const folds = await readFolds(path);
  if (folds === null) return { runs: [await readRunFiles(path)], begun: null };
  if (folds.runs.length > 0) return folds;
  throw usageError(
    `${path}: expected a cross-validation with a fold to show, got one whose first fold is only begun.`,
    `Wait for it, or resume it: ${shellLine(['lockstep', 'train', '--resume', path])}.`,
  );
}
