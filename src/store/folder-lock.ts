/**
 * Ensures that only one process at a time writes to a folder: the process holds an operating-system lock on
 * the file lockstep.lock in it. The system releases the lock when the process ends, for whatever reason, so
 * no process has to be presumed dead from its id or its silence. The lock works across the containers of a
 * machine and, over NFS, across machines. The file's content names the holder for messages only: if it is
 * torn, or left by a killed process, it locks nothing. Reading a folder needs no lock.
 */
import { access, constants, type FileHandle, open, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describeCause, failure, type LockstepError } from '../errors.js';

/** A file name used for nothing else, because the file is removed at the end. */
export const LOCK_NAME = 'lockstep.lock';
/** What the holder writes to the file. */
const SIGNATURE = /^\{"pid":(\d+),"host":"(.*)","since":"(.*)"\}\n$/;

export interface FolderLock {
  /** Why the system cannot lock the folder; null if it is locked. */
  readonly problem: string | null;
  /** Releases the lock. */
  release(): Promise<void>;
}

/**
 * Locks a folder if it exists and is writable; otherwise the later write fails with its own error.
 * @throws failed if another process holds the lock, or the file can't be created
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  if (!(await isWritable(folder))) return { problem: null, release: async () => {} };
  const path = join(folder, LOCK_NAME);
  for (;;) {
    const file = await openFile(path);
    const { isFree, problem } = await tryLock(file);
    if (!isFree) throw await refusal(folder, file);
    if (problem !== null) {
      await remove(file, path);
      const warning = `${folder} is not locked (${problem}): let one process at a time write to it.`;
      return { problem: warning, release: async () => {} };
    }
    if (await isStillNamed(file, path)) {
      await sign(file);
      return { problem: null, release: () => remove(file, path) };
    }
    // The previous holder removed the file after we opened it, and others lock a newer one.
    await file.close();
  }
}

/** Whether another process is writing to a folder. */
export async function isLocked(folder: string): Promise<boolean> {
  const file = await open(join(folder, LOCK_NAME), constants.O_RDWR).catch(() => null);
  if (file === null) return false;
  const { isFree } = await tryLock(file);
  await file.close();
  return !isFree;
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return (await stat(folder)).isDirectory();
  } catch {
    return false;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | constants.O_CREAT);
  } catch (cause) {
    throw cannotOpen(path, cause);
  }
}

function cannotOpen(path: string, cause: unknown): LockstepError {
  return failure(
    `${path}: expected a file that can be made and written, got ${describeCause(cause)}.`,
    'It keeps other processes from the folder. Remove it if it is another user’s, or make room on the disk.',
    cause,
  );
}

/** Whether the lock is free, and why locking is impossible on file systems and machines without it. */
async function tryLock(file: FileHandle): Promise<{ isFree: boolean; problem: string | null }> {
  try {
    const { tryLock } = await import('fs-native-extensions');
    return { isFree: tryLock(file.fd), problem: null };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const problem = isMissing
      ? 'the optional package fs-native-extensions is not installed'
      : // A package that could not be loaded lists its search paths in the following lines.
        describeCause(cause);
    return { isFree: true, problem };
  }
}

/** Whether the open file is still the one with that name. Closes it if that can't be found out. @throws failed */
async function isStillNamed(file: FileHandle, path: string): Promise<boolean> {
  try {
    const named = await stat(path, { bigint: true });
    const opened = await file.stat({ bigint: true });
    return named.ino === opened.ino && named.dev === opened.dev;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    await file.close().catch(() => {});
    throw cannotOpen(path, cause);
  }
}

/** Writes the holder into the file. On a full disk the file stays empty, but the lock works all the same. */
async function sign(file: FileHandle): Promise<void> {
  const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  try {
    await file.truncate();
    await file.write(`${JSON.stringify(holder)}\n`, 0);
  } catch {}
}

/** Removes the file while it is locked: afterwards it may belong to another process. */
async function remove(file: FileHandle, path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
  await file.close();
}

/** The error that names the lock's holder, as far as the file can be read. Closes the file. */
async function refusal(folder: string, file: FileHandle): Promise<LockstepError> {
  const text = await file.readFile('utf8').catch(() => '');
  await file.close();
  const [, pid, host, since] = SIGNATURE.exec(text) ?? [];
  const holder = pid === undefined ? 'another process' : `process ${pid} on ${host} since ${since}`;
  const signal = pid === undefined ? 'by SIGINT' : `by kill -INT ${pid}`;
  return failure(
    `${folder}: expected a folder that no other process writes to, got one held by ${holder}.`,
    `Wait for it to end, or end it ${signal}, after which it can be resumed; or give another folder.`,
  );
}
