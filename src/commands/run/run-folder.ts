/** The folder that a command writes to: made before the work, and removed if the work fails before it writes anything. */
import { access, constants, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { failure } from '../../errors.js';
import { lockFolder } from '../../store/folder-lock.js';
import { createRunDirectory, DEFAULT_RUNS } from '../../store/run-directory.js';
import { say } from '../line/print.js';

/**
 * Does work with the path of a run's folder. If it fails, the folder and those that were made for it are removed, as far as
 * they are empty.
 * @param out null for a new folder in runs/
 * @param force whether the folder may hold a run
 * @throws usage if it holds a run and may not; failed if it cannot be made or written to
 */
export async function inRunFolder<T>(
  out: string | null,
  force: boolean,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const missing = await missingFolders(resolve(out ?? DEFAULT_RUNS));
  const path = await createRunDirectory(out, { force });
  try {
    await checkWritable(path);
    return await work(path);
  } catch (error) {
    await removeEmpty(out === null ? [resolve(path), ...missing] : missing);
    throw error;
  }
}

/** Does work that writes to a folder, while no other process may. @throws failed if one does already */
export async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { problem, release } = await lockFolder(folder);
  if (problem !== null) say(`warning: ${problem}`);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function checkWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (cause) {
    throw failure(
      `--out ${path}: the folder cannot be written to.`,
      'Check its permissions, or give another --out.',
      cause,
    );
  }
}

/** The folder and those above it that do not exist, innermost first. */
async function missingFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    const exists = await access(folder).then(
      () => true,
      () => false,
    );
    if (exists || folder === dirname(folder)) return missing;
    missing.push(folder);
  }
}

/** Removes folders up to the first that is not empty: files in it are there to be kept. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  try {
    for (const folder of folders) await rmdir(folder);
  } catch {
    // Not empty.
  }
}
