/**
 * Writing a file whole or not at all: to a temporary file in the same folder, onto the disk, then renamed
 * into place. Whoever looks sees the old file or the new one, whenever the power fails.
 */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failure } from '../errors.js';

/**
 * Writes the parts one after the other to a file, replacing what is there. @throws failed where it can't be
 * written; then the file is as it was, and no temporary file is left.
 */
export async function writeAtomically(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, parts);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    // Where the folder doesn't exist, or is a file, there is nothing to remove.
    await rm(temporary, { force: true }).catch(() => {});
    throw failure(
      `${path}: expected a file that can be written, got ${describeCause(cause)}.`,
      'Give a path in a folder that exists and may be written to.',
      cause,
    );
  }
}

/** What the system said, without the paths that Node adds. */
export function describeCause(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === undefined ? message : message.replace(/^(\w+: [^,]*).*$/s, '$1');
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

/** Brings the new name onto the disk. Windows can't open folders, and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
