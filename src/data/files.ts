/**
 * Opening files that users name: what can go wrong there, told in one line each. Reads no contents beyond
 * the first bytes.
 */
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { failure, type LockstepError } from '../errors.js';

export type Entry = 'file' | 'folder' | 'nothing';

/** What is at a path. */
export async function lookAt(path: string): Promise<Entry> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR')) return 'nothing';
    throw unreadable(path, cause);
  }
}

/** The names in a folder. @throws failed where it can't be read */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (cause) {
    const hint = 'Check that you may list it: chmod u+rx.';
    throw failure(`${path}: expected a folder that can be read, got ${messageOf(cause)}.`, hint, cause);
  }
}

/** Not to wait until somebody writes to a pipe; Windows has none by name. */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a file to read. @throws failed where it is missing, can't be read, or is a pipe or the like */
export async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, AT_ONCE);
  } catch (cause) {
    throw isCode(cause, 'ENOENT') ? missing(path, cause) : unreadable(path, cause);
  }
  const found = await file.stat();
  if (found.isFile() || found.isDirectory()) return file;
  await file.close();
  // Files are read from several places, and more than once.
  throw failure(
    `${path}: expected a file, got a pipe or a device.`,
    'Write its output to a file, or pipe it in and name it -.',
  );
}

/** The first bytes of a file, up to `count` of them. @throws failed where there is not even one */
export async function readBeginning(path: string, count: number): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(count), 0, count, 0);
    if (bytesRead > 0) return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
  throw failure(`${path}: expected data, got an empty file.`, 'Check how the file was made or copied.');
}

/** The bytes of a file. @param name what it is called in messages. @throws failed if it can't be read */
export async function readWhole(path: string, name: string): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    // Less than 2 GiB are read at once.
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, 2 ** 30), at);
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  } catch (cause) {
    throw unreadable(name, cause);
  } finally {
    await file.close();
  }
}

/**
 * Reads a gzip file to its end, for its checksum and length: a reader of tables may stop at the first damage and
 * take what came before for the whole. @throws failed where it is cut off or damaged
 */
export async function checkGzip(path: string): Promise<void> {
  try {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    await pipeline(createReadStream(path), createGunzip(), nowhere);
  } catch (cause) {
    const hint = 'Copy or pack the file again; `gzip -t` checks it.';
    throw failure(`${path}: expected a whole gzip file, got ${messageOf(cause)}.`, hint, cause);
  }
}

export function missing(path: string, cause?: unknown): LockstepError {
  const hint = 'Check the path; `lockstep help train` lists what DATA can be.';
  return failure(`${path}: there is no such file or folder.`, hint, cause);
}

function unreadable(path: string, cause: unknown): LockstepError {
  const hint = 'Check that it is a file and that you may read it.';
  return failure(`${path}: expected a file that can be read, got ${messageOf(cause)}.`, hint, cause);
}

/** What an error said, on one line and without the call it came from. */
export function messageOf(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return line.replace(/, \w+( '.*')?$/, '').replace(/\.$/, '');
}

function isCode(cause: unknown, code: string): boolean {
  return (cause as { code?: unknown } | null)?.code === code;
}
