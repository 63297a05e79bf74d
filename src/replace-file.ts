/**
 * Replaces files atomically: they are made under a temporary name in the same folder, then renamed into place. Readers see
 * either the old file or the new one, even after a power failure. A process that is killed meanwhile leaves its temporary
 * file behind, which `TEMPORARY` recognises.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { describeCause, failure, LockstepError } from './errors.js';

/** .NAME.UUID.tmp */
export const TEMPORARY = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Temporary files of this process, removed if it exits while writing them. */
const unfinished = new Set<string>();

function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true });
    } catch {
      // The process is exiting; the next process that opens the folder removes the file.
    }
  }
}

/** A file that is made under a temporary name. One of `putInPlace` and `discard` has to be called. */
export class Replacement {
  readonly temporary: string;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
    if (unfinished.size === 0) process.on('exit', removeUnfinished);
    unfinished.add(this.temporary);
  }

  /** Renames the file, which is on the disk already. */
  async putInPlace(): Promise<void> {
    await rename(this.temporary, this.#path);
    await syncFolder(dirname(this.#path));
    this.#finish();
  }

  /** Leaves no temporary file. */
  async discard(): Promise<void> {
    // If the folder doesn't exist or is a file, there is nothing to remove.
    await rm(this.temporary, { force: true }).catch(() => {});
    this.#finish();
  }

  #finish(): void {
    unfinished.delete(this.temporary);
    if (unfinished.size === 0) process.off('exit', removeUnfinished);
  }
}

/**
 * Makes a file under a temporary name, then renames it.
 * @param make creates the file, and has it on the disk when it returns
 * @throws failed if it can't be written; the old file is then unchanged, and no temporary file is left
 */
export async function replaceFile(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const replacement = new Replacement(path);
  try {
    await make(replacement.temporary);
    await replacement.putInPlace();
  } catch (cause) {
    await replacement.discard();
    throw unwritable(path, cause);
  }
}

/** Writes a file's contents from the system's caches to the disk. */
export function syncFile(path: string): Promise<void> {
  return sync(path, 'r+');
}

/**
 * Has the names in a folder on the disk: of files and folders that were made, renamed or removed there. Does nothing where
 * folders can't be synced: there the system keeps names as safe as it can.
 */
export async function syncFolder(path: string): Promise<void> {
  // Windows can't open folders, and needs no sync of a renaming.
  if (process.platform === 'win32') return;
  await sync(path, 'r').catch(cause => {
    if (!NO_FOLDER_SYNC.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  });
}

/** Error codes of folders that one may write to but not list, and of file systems, mostly on networks, that sync no folders. */
const NO_FOLDER_SYNC = new Set(['EACCES', 'EPERM', 'EBADF', 'EINVAL', 'EISDIR', 'ENOSYS', 'ENOTSUP']);

async function sync(path: string, flags: string): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder, whose name is on the disk when it returns: what is synced in it would be lost with the name. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path);
  await syncFolder(dirname(path));
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk.',
  EDQUOT: 'Make room within the quota.',
  EROFS: 'The file system is mounted read-only: mount it to be written to, or give another folder.',
};

/** The error of a file that can't be written: the cause itself if that says more. */
export function unwritable(path: string, cause: unknown): LockstepError {
  if (cause instanceof LockstepError) return cause;
  const { path: other } = cause as NodeJS.ErrnoException;
  if (other !== undefined && isElsewhere(other, path)) {
    // A temporary file, for example.
    return failure(
      `${path} can't be written: ${other}: ${describeCause(cause)}.`,
      'See that there is room, and that you may write there; for temporary files, TMPDIR can name another folder.',
      cause,
    );
  }
  return failure(
    `${path}: expected a file that can be written, got ${describeCause(cause)}.`,
    HINTS[(cause as NodeJS.ErrnoException).code ?? ''] ??
      'Give a path in a folder that exists and may be written to.',
    cause,
  );
}

/** Whether it is neither in the folder of the file nor one of the folders that the file is in. */
function isElsewhere(other: string, path: string): boolean {
  const [a, b] = [resolve(other), resolve(path)];
  return dirname(a) !== dirname(b) && !b.startsWith(`${a}${sep}`);
}
