/** lockstep report RUN…: a page of training runs, from what their folders hold. Trains and computes nothing. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runPage } from '../report/run/page.js';
import { toRuns } from '../report/run/record.js';
import { writeAtomically } from '../store/atomic.js';
import { type RunFiles, readRunFiles } from '../store/read-run.js';
import { isFoldName, type Plain } from '../store/run-files.js';
import { packageVersion } from '../version.js';
import type { Call } from './call.js';
import { print, printJson } from './print.js';
import { repeatLine } from './repeat.js';

const DEFAULT_OUT = 'report.html';

export async function run({ operands, settings }: Call): Promise<number> {
  const files = (await Promise.all(operands.map(readRuns))).flat();
  const out = settings.out ?? DEFAULT_OUT;
  await writeAtomically(out, [
    runPage(
      toRuns(
        files,
        files.map(({ config }) => repeatLine(config.data, config.options, config.shards)),
      ),
      packageVersion(),
    ),
  ]);
  if (settings.json) printJson({ out, runs: operands });
  else print(out);
  return 0;
}

/** A run; of a cross-validation its folds, as far as they were begun. @throws usage where there is no run */
async function readRuns(path: string): Promise<RunFiles[]> {
  const run = await readRunFiles(path);
  if ('fold' in run.config || !isFolded(run.config)) return [run];
  const names = (await readdir(path)).filter(isFoldName);
  names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return Promise.all(names.map(name => readRunFiles(join(path, name))));
}

/** Whether a run's record is of one with folds. */
function isFolded({ options }: Plain): boolean {
  return typeof options === 'object' && options !== null && 'folds' in options;
}
