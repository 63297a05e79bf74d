/** The folder that a command writes to: made before the work, and removed if the work fails before it writes anything. */
import { access, constants, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { failure } from '../../errors.js';
import { lockFolder } from '../../store/folder-lock.js';
import { createRunDirectory, DEFAULT_RUNS } from '../../store/run-directory.js';

export interface RunFolder {
  path: string;
  /** Removes the folder, and those above it that were made for it, as far as they are empty. */
  discard(): Promise<void>;
}

/**
 * Does work with the path of a run's folder. If it fails, the folder and those that were made for it are removed, as far as
 * they are empty.
 * @param out null for a new folder in runs/
 * @param force whether the folder may hold a run
 * @throws usage if it holds a run and may not; failed if it cannot be made or written to
 */
export async function makeRunFolder(out: string | null, force = false): Promise<RunFolder> {
  const missing = await missingFolders(resolve(out ?? DEFAULT_RUNS));
  const path = await createRunDirectory(out, { force });
  try {
    await access(path, constants.W_OK);
  } catch (cause) {
    throw failure(
      `--out ${path}: expected a folder that may be written to, got one that may not.`,
      'Give another --out.',
      cause,
    );
  }
  const made = out === null ? [resolve(path), ...missing] : missing;
  return {
    path,
    discard: async () => {
      try {
        for (const folder of made) await rmdir(folder);
      } catch {
        // Not empty: whoever wrote there wants to keep it, and with it the folders above.
      }
    },
  };
}

/** Does work that writes to a folder, while no other process may. @throws failed if one does already */
export async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { problem, release } = await lockFolder(folder);
  if (problem !== null) process.stderr.write(`warning: ${problem}\n`);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** The folder and those above it that aren't there, innermost first. */
async function missingFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    const there = await access(folder).then(
      () => true,
      () => false,
    );
    if (there || folder === dirname(folder)) return missing;
    missing.push(folder);
  }
}
