/** Writes files, or gives them a second name, in one step, so that readers never see a part of one. */
import { copyFile, link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeCause, failure } from '../errors.js';
import { replaceFile, syncFile, syncFolder, TEMPORARY } from '../replace-file.js';
import { LOCK_NAME } from './folder-lock.js';

/**
 * Writes the parts one after the other to a file, replacing an existing one.
 * @throws failed if it can't be written; the old file is then unchanged, and no temporary file is left
 */
export async function writeAtomically(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  await replaceFile(path, async temporary => {
    const file = await open(temporary, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/**
 * Gives a file a second name, replacing an existing file of that name: a hard link, or a copy if the file
 * system has none.
 * @throws failed if it can't be made; the existing file is then unchanged
 */
export async function linkAtomically(existing: string, path: string): Promise<void> {
  await replaceFile(path, async temporary => {
    try {
      await link(existing, temporary);
    } catch (cause) {
      if (!NO_LINKS.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
      await copyFile(existing, temporary);
      await syncFile(temporary);
    }
  });
}

/** Error codes of file systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Copies the files of a folder and those below it, without what belongs to a process. All of it is on the disk when it returns,
 * except for the name of the copy.
 */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (!TEMPORARY.test(entry.name) && entry.name !== LOCK_NAME) {
      await copyFile(source, target);
      await syncFile(target);
    }
  }
  await syncFolder(to);
}

/** Removes temporary files that killed processes left in a folder. @throws failed if one can't be removed */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const path of names.filter(name => TEMPORARY.test(name)).map(name => join(folder, name))) {
    await rm(path, { force: true }).catch(cause => {
      throw failure(
        `${path}: expected to remove this half-written file, got ${describeCause(cause)}.`,
        undefined,
        cause,
      );
    });
  }
}
