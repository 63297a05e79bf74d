/**
 * The folder of a training run: creates it, checks that it is free, or removes an earlier run from it. A
 * folder that contains a run is refused unless overwriting was requested.
 */

import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeCause, failure, usageError } from '../errors.js';
import { option } from '../option-names.js';
import { makeFolder } from '../replace-file.js';
import { removeTemporaries } from './atomic.js';
import { isCheckpointName } from './checkpoint-folder.js';
import { partOf, RUN_FILES } from './run-files.js';

/** Parent of runs for which no folder was given. */
export const DEFAULT_RUNS = 'runs';

/** Files in a run's folder. */
const FILES = [RUN_FILES.config, RUN_FILES.metrics, RUN_FILES.model, RUN_FILES.pictures, RUN_FILES.summary];

/**
 * Creates the folder of a new run with its parents, and returns its path. If no path is given, the folder is
 * named by local time, runs/20261124-014930, with -2, -3, … if that exists. `force`: the folder may contain a
 * run.
 * @throws usage if the folder already contains a run; failed if it can't be created
 */
export async function createRunDirectory(
  path: string | null,
  { now = new Date(), parent = DEFAULT_RUNS, force = false } = {},
): Promise<string> {
  try {
    if (path === null) return await createNamed(parent, stampOf(now));
    await makeFolders(path);
    const present = new Set(await readdir(path));
    const taken = Object.values(RUN_FILES).find(name => present.has(name));
    if (taken === undefined || force) return path;
    throw usageError(
      `${path} holds a run already: ${taken}.`,
      `Resume it with ${option('resume', path)}, replace it with ${option('force')}, or give another ${option('out')}.`,
    );
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw failure(
      `${path ?? parent}: expected a folder that can be made, got ${describeCause(cause)}.`,
      `Give ${option('out')} a folder that may be written to.`,
      cause,
    );
  }
}

/**
 * Removes the files of a run and of its folds or members but no others, because the folder may contain files of the
 * user.
 * @param folders those of folds or members that stay, empty, because they are about to be written to
 * @throws failed if one can't be removed
 */
export async function clearRun(path: string, folders: readonly string[] = []): Promise<void> {
  for (const name of (await readdir(path).catch(() => [])).filter(name => partOf(name) !== null)) {
    const part = join(path, name);
    await clearRun(part);
    // The folder stays if it contains anything else.
    if (!folders.includes(part)) await rmdir(part).catch(() => {});
  }
  await clearFiles(path, FILES);
}

/**
 * Removes a run's model and checkpoints but keeps its configuration and metrics.
 * @throws failed if one can't be removed
 */
export async function clearWeights(path: string): Promise<void> {
  await clearFiles(path, [RUN_FILES.model]);
}

/** Removes the checkpoints and the named files of a run. */
async function clearFiles(path: string, own: readonly string[]): Promise<void> {
  const checkpoints = join(path, RUN_FILES.checkpoints);
  const names = await readdir(checkpoints).catch(() => []);
  const files = names.filter(isCheckpointName).map(name => join(checkpoints, name));
  for (const name of own) files.push(join(path, name));
  try {
    for (const file of files) await rm(file, { force: true });
    await removeTemporaries(checkpoints);
    await removeTemporaries(path);
    if (names.length > 0) await rmdir(checkpoints);
  } catch (cause) {
    // The checkpoints' folder stays if it contains anything else.
    if ((cause as NodeJS.ErrnoException).code === 'ENOTEMPTY') return;
    if (!isSystemError(cause)) throw cause;
    throw failure(
      `${path}: expected to remove the run in it, got ${describeCause(cause)}.`,
      `Remove it by hand, or give another ${option('out')}.`,
      cause,
    );
  }
}

/**
 * Creates a folder and its parents. Not with mkdir's `recursive`, which loops forever if an existing folder
 * does not allow new ones, as in /proc.
 */
async function makeFolders(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw cause;
    await makeFolders(parent);
    await makeFolder(path);
  }
}

/** Creates the first of name, name-2, name-3, … that does not exist, atomically among processes. */
async function createNamed(parent: string, name: string): Promise<string> {
  await makeFolders(parent);
  for (let number = 1; ; number++) {
    const candidate = join(parent, number === 1 ? name : `${name}-${number}`);
    try {
      await makeFolder(candidate);
      return candidate;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

/** 20261124-014930, in local time */
function stampOf(time: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${date.map(pad).join('')}-${clock.map(pad).join('')}`;
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}
