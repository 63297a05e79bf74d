/**
 * Writes files atomically: to a temporary file in the same folder, synced to disk, then renamed into place.
 * Readers see either the old file or the new one, even after a power failure. A process that is killed while
 * writing leaves its temporary file behind; `removeTemporaries` recognises those by their names.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { copyFile, link, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failure, type LockstepError } from '../errors.js';

/** .NAME.UUID.tmp */
const TEMPORARY = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Temporary files of this process, removed if it exits while writing them. */
const unfinished = new Set<string>();

process.on('exit', () => {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true });
    } catch {
      // The process is exiting; the next process that opens the folder removes the file.
    }
  }
});

/**
 * Writes the parts one after the other to a file, replacing an existing one.
 * @throws failed if it can't be written; the old file is then unchanged, and no temporary file is left
 */
export async function writeAtomically(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  await replaceAtomically(path, temporary => writeDurably(temporary, parts));
}

/**
 * Gives a file a second name, replacing an existing file of that name: a hard link, or a copy if the file
 * system has none.
 * @throws failed if it can't be made; the existing file is then unchanged
 */
export async function linkAtomically(existing: string, path: string): Promise<void> {
  await replaceAtomically(path, async temporary => {
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

/** The system's error message without the paths that Node.js appends. */
export function describeCause(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === undefined ? message : message.replace(/^(\w+: [^,]*).*$/s, '$1');
}

/** Creates the file under a temporary name, then renames it. */
async function replaceAtomically(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  unfinished.add(temporary);
  try {
    await make(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    // If the folder doesn't exist or is a file, there is nothing to remove.
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(path, cause);
  } finally {
    unfinished.delete(temporary);
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk.',
  EDQUOT: 'Make room within the quota.',
  EROFS: 'The file system is mounted read-only: mount it to be written to, or give another folder.',
};

function unwritable(path: string, cause: unknown): LockstepError {
  return failure(
    `${path}: expected a file that can be written, got ${describeCause(cause)}.`,
    HINTS[(cause as NodeJS.ErrnoException).code ?? ''] ??
      'Give a path in a folder that exists and may be written to.',
    cause,
  );
}

async function writeDurably(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Syncs the renaming to disk. Windows cannot open folders and does not need this. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
