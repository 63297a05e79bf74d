/**
 * The folder of one training run: made, found to be free, or freed of an earlier run. A folder that holds a run is
 * refused, never written over unasked.
 */

import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure, usageError } from '../errors.js';
import { option } from '../wording.js';
import { describeCause, removeTemporaries } from './atomic.js';
import { isCheckpointName } from './checkpoint-folder.js';
import { foldNumber, RUN_FILES } from './run-files.js';

/** Where runs go that were given no folder. */
export const DEFAULT_RUNS = 'runs';

/** What of a run's folder are files. */
const FILES = [RUN_FILES.config, RUN_FILES.metrics, RUN_FILES.model, RUN_FILES.summary];

/**
 * Makes the folder of a new run, with its parents, and returns its path. Without one given it is named by
 * the local time, runs/20261124-014930, with -2, -3, … where that is taken. `force`: the folder may hold a run.
 * @throws usage where the folder holds a run already; failed where it can't be made
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
 * Removes the files of a run and of its folds, and no others: its folder may hold what somebody put there.
 * @throws failed where one can't be removed
 */
export async function clearRun(path: string): Promise<void> {
  for (const name of (await readdir(path).catch(() => [])).filter(name => foldNumber(name) !== null)) {
    await clearRun(join(path, name));
    // Kept where something else is in it.
    await rmdir(join(path, name)).catch(() => {});
  }
  await clearFiles(path, FILES);
}

/** Removes a run's model and checkpoints; what it was and how it went stays. @throws failed where one can't be removed */
export async function clearWeights(path: string): Promise<void> {
  await clearFiles(path, [RUN_FILES.model]);
}

/** Removes the checkpoints, and what of a run's files is named. */
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
    // The checkpoints' folder stays where something else is in it.
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
 * Makes a folder and those above it. By hand, as mkdir's own `recursive` tries for ever where a folder that is
 * there takes none: below /proc.
 */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw cause;
    await makeFolders(parent);
    await mkdir(path);
  }
}

/** Makes name, name-2, name-3, …: the first that isn't there. Whoever makes it first has it. */
async function createNamed(parent: string, name: string): Promise<string> {
  await makeFolders(parent);
  for (let number = 1; ; number++) {
    const candidate = join(parent, number === 1 ? name : `${name}-${number}`);
    try {
      await mkdir(candidate);
      return candidate;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

/** 20261124-014930, in local time. */
function stampOf(time: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${date.map(pad).join('')}-${clock.map(pad).join('')}`;
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}
