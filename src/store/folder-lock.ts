/**
 * One process at a time writes to a folder: it holds the system's lock on the file lockstep.lock in it. The system takes
 * the lock back when the process ends, however that comes about, so that none has to be judged dead by its number or its
 * silence; all containers of a machine share it, and over NFS all machines. The file says who holds it, for messages
 * alone: torn, or left behind by a killed process, it locks nothing. Reading a folder needs no lock.
 */
import { access, constants, type FileHandle, open, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { failure, type LockstepError } from '../errors.js';
import { describeCause } from './atomic.js';

/** A name that nobody else gives to a file, as it is removed in the end. */
const NAME = 'lockstep.lock';
/** What its holder writes to it. */
const SIGNATURE = /^\{"pid":(\d+),"host":"(.*)","since":"(.*)"\}\n$/;

export interface FolderLock {
  /** Why the folder is not locked, where the system can't; null where it is. */
  readonly problem: string | null;
  /** Lets others in. */
  release(): Promise<void>;
}

/**
 * Locks a folder, if it is one and may be written to; if not, whoever writes to it is told so then.
 * @throws failed where another process holds the lock, or the file can't be made
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  if (!(await isWritable(folder))) return { problem: null, release: async () => {} };
  const path = join(folder, NAME);
  for (;;) {
    const file = await openFile(path);
    const { isFree, problem } = await tryLock(file);
    if (!isFree) throw await refusal(folder, file);
    if (problem !== null) {
      await remove(file, path);
      const warning = `${folder} is not locked (${problem}): let one process at a time write to it.`;
      return { problem: warning, release: async () => {} };
    }
    if (await isNamed(file, path)) {
      await sign(file);
      return { problem: null, release: () => remove(file, path) };
    }
    // Whoever held it has removed it since it was opened: others lock a newer one.
    await file.close();
  }
}

/** Whether another process is writing to a folder. */
export async function isLocked(folder: string): Promise<boolean> {
  const file = await open(join(folder, NAME), constants.O_RDWR).catch(() => null);
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
    throw failure(
      `${path}: expected a file that can be made and written, got ${describeCause(cause)}.`,
      'It keeps other processes from the folder. Remove it if it is another user’s, or make room on the disk.',
      cause,
    );
  }
}

/** Whether no other has the lock; and why it can't be had, on file systems and machines without. */
async function tryLock(file: FileHandle): Promise<{ isFree: boolean; problem: string | null }> {
  try {
    const { tryLock } = await import('fs-native-extensions');
    return { isFree: tryLock(file.fd), problem: null };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const problem = isMissing
      ? 'the optional package fs-native-extensions is not installed'
      : // What could not be loaded says in the lines below where it was looked for.
        describeCause(cause).split('\n')[0]!;
    return { isFree: true, problem };
  }
}

/** Whether the open file is the one of that name. */
async function isNamed(file: FileHandle, path: string): Promise<boolean> {
  const named = await stat(path, { bigint: true }).catch(() => null);
  const opened = await file.stat({ bigint: true });
  return named?.ino === opened.ino && named.dev === opened.dev;
}

/** Says in the file who holds the lock. On a full disk it stays empty, and locks no less. */
async function sign(file: FileHandle): Promise<void> {
  const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  try {
    await file.truncate();
    await file.write(`${JSON.stringify(holder)}\n`, 0);
  } catch {}
}

/** The file goes while it is held: afterwards it may be that of another. */
async function remove(file: FileHandle, path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
  await file.close();
}

/** Who holds the lock, as the file has it; torn where its holder is just writing it. Closes it. */
async function refusal(folder: string, file: FileHandle): Promise<LockstepError> {
  const text = await file.readFile('utf8').catch(() => '');
  await file.close();
  const [, pid, host, since] = SIGNATURE.exec(text) ?? [];
  const holder = pid === undefined ? 'another process' : `process ${pid} on ${host} since ${since}`;
  const signal = pid === undefined ? 'by SIGINT' : `by kill -INT ${pid}`;
  return failure(
    `${folder}: expected a folder that no other process writes to, got one held by ${holder}.`,
    `Wait for it to end, or end it ${signal}, after which it can be gone on with; or give another folder.`,
  );
}
