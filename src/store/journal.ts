/**
 * What a study has measured so far, in a file that grows by one line per measurement (a search: per result). A study
 * that was interrupted, for whatever reason, continues from it. The first line says what the file is.
 */

import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeCause, failure, LockstepError } from '../errors.js';
import { option } from '../option-names.js';
import { syncFolder } from '../replace-file.js';

export interface Journal<T> {
  /** The lines that were there: none of a new file. */
  readonly records: readonly T[];
  /** Adds a line, which is on the disk when it returns. @throws failed if it can't be written */
  append(record: T): Promise<void>;
  /** Removes the file if it has no line. */
  close(): Promise<void>;
}

/**
 * Opens the journal, or begins one. A last line without its end, as a killed process leaves it, is removed.
 * @throws failed if the file can't be read and written, or if a line before the last is damaged
 */
export async function openJournal<T>(path: string): Promise<Journal<T>> {
  const file = await openFile(path);
  try {
    const text = await file.readFile('utf8');
    const { whole, records } = parseWhole<T>(path, text);
    let length = Buffer.byteLength(whole);
    if (whole.length < text.length) await file.truncate(length);
    return {
      records,
      append: async record => {
        length += await writeLine(file, path, `${JSON.stringify(record)}\n`, length);
      },
      close: async () => {
        await file.close();
        if (length === 0) await rm(path, { force: true });
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The records of a journal that may be in use, without the line that is being written; null if there is no such file.
 * @throws failed if it can't be read, or if a line is damaged
 */
export async function readJournal<T>(path: string): Promise<readonly T[] | null> {
  try {
    return parseWhole<T>(path, await readFile(path, 'utf8')).records;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw cause instanceof LockstepError ? cause : cannot(path, 'read', cause);
  }
}

/** The lines that have an end, and their records. */
function parseWhole<T>(path: string, text: string): { whole: string; records: T[] } {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').slice(0, -1);
  return { whole, records: lines.map((line, i) => parseLine<T>(path, line, i + 1)) };
}

/** For reading and writing; made if it doesn't exist. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return makeFile(path);
      throw error;
    });
  } catch (cause) {
    throw cannot(path, 'opened', cause);
  }
}

/** Its name is on the disk when it returns: lines that are synced would be lost with it. */
async function makeFile(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+');
  try {
    await syncFolder(dirname(path));
    return file;
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

function parseLine<T>(path: string, line: string, number: number): T {
  try {
    return JSON.parse(line) as T;
  } catch (cause) {
    throw failure(
      `${path}, line ${number}: expected a record as JSON, got something else.`,
      `Give ${option('out')} another folder, or remove this one.`,
      cause,
    );
  }
}

/** Returns the bytes written. A line that the disk has no room for is removed again. */
async function writeLine(file: FileHandle, path: string, line: string, position: number): Promise<number> {
  try {
    const { bytesWritten } = await file.write(line, position);
    if (bytesWritten < Buffer.byteLength(line)) throw new Error('the disk is full');
    await file.datasync();
    return bytesWritten;
  } catch (cause) {
    await file.truncate(position).catch(() => {});
    throw cannot(path, 'written', cause);
  }
}

function cannot(path: string, what: string, cause: unknown) {
  return failure(
    `${path}: expected a file that can be ${what}, got ${describeCause(cause)}.`,
    `Give ${option('out')} a folder that may be written to, on a disk with room.`,
    cause,
  );
}
