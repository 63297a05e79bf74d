/** The run that a path stands for: the folder of a search stands for its best trial. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { shellLine } from '../../config/flags.js';
import { usageError } from '../../errors.js';
import { readObject } from '../../store/read-run.js';
import { BEST_TRIAL, RUN_FILES } from '../../store/run-files.js';
import { TUNE_FILES } from './study-folder.js';

/** The path itself, unless it is the folder of a search. @throws usage if that has no best trial */
export async function findRun(path: string): Promise<string> {
  if (await isThere(join(path, RUN_FILES.config))) return path;
  const best = join(path, BEST_TRIAL);
  if (await isThere(join(best, RUN_FILES.config))) return best;
  if (!(await isThere(join(path, TUNE_FILES.journal)))) return path;
  const tuning = await readObject(join(path, TUNE_FILES.tuning));
  if (tuning?.best === null) {
    throw usageError(
      `${path} is the folder of a search without a best trial: none of its trials has a value.`,
      `What they tried: ${shellLine(['lockstep', 'report', path])}. Search again with another --space and --out.`,
    );
  }
  throw usageError(
    `${path} is the folder of a search that has no best trial yet.`,
    `How far it is, and what resumes it: ${shellLine(['lockstep', 'info', path])}.`,
  );
}

export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
