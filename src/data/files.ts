/**
 * Opens files named by the user and explains errors in one line each. Reads only the first bytes of a file.
 */
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib';
import { describeCause, failure, type LockstepError } from '../errors.js';

export type Entry = 'file' | 'folder' | 'nothing';

/** What exists at a path. */
export async function lookAt(path: string): Promise<Entry> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR')) return 'nothing';
    throw unreadable(path, cause);
  }
}

/** Names in a folder. @throws failed if it can't be read */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (cause) {
    const hint = 'Check that you may list it: chmod u+rx.';
    throw failure(`${path}: expected a folder that can be read, got ${describeCause(cause)}.`, hint, cause);
  }
}

/**
 * Returns immediately instead of waiting for a writer to open a pipe. Windows has no named pipes of this
 * kind.
 */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a file for reading. @throws failed if it is missing, unreadable, or a pipe or device */
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
  // Files are read at several positions and more than once, which pipes don't support.
  throw failure(
    `${path}: expected a file, got a pipe or a device.`,
    'Write its output to a file, or pipe it in and name it -.',
  );
}

/** The first bytes of a file, at most `count`. @throws failed if the file is empty or can't be read */
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

/**
 * All bytes of a file.
 * @param name in messages
 * @throws failed if it can't be read
 */
export async function readWhole(path: string, name: string): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    // One call reads less than 2 GiB.
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
 * Reads a gzip file to its end to verify its checksum and length: a table reader may stop at the first damage
 * and mistake what came before for the whole file. @throws failed if it is truncated or damaged
 */
export async function checkGzip(path: string): Promise<void> {
  try {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    await pipeline(createReadStream(path), createGunzip(), nowhere);
  } catch (cause) {
    const hint = 'Copy or pack the file again; `gzip -t` checks it.';
    throw failure(`${path}: expected a whole gzip file, got ${describeCause(cause)}.`, hint, cause);
  }
}

/** The first `most` bytes of the content of a gzip file that begins with these bytes; none if they are damaged. */
export function gunzipBeginning(bytes: Uint8Array, most: number): Uint8Array {
  try {
    const content = gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 2 ** 30 });
    return content.subarray(0, most);
  } catch {
    // Reading the whole file reports the damage.
    return new Uint8Array(0);
  }
}

export function missing(path: string, cause?: unknown): LockstepError {
  const hint = 'Check the path; `lockstep help train` lists what DATA can be.';
  return failure(`${path}: there is no such file or folder.`, hint, cause);
}

/** The error of a file that can't be read. */
export function unreadable(path: string, cause: unknown): LockstepError {
  const hint = 'Check that it is a file and that you may read it.';
  return failure(`${path}: expected a file that can be read, got ${describeCause(cause)}.`, hint, cause);
}

function isCode(cause: unknown, code: string): boolean {
  return (cause as { code?: unknown } | null)?.code === code;
}
