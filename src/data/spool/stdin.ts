/**
 * Data from a pipe: stdin, a FIFO, a process substitution. A pipe can only be read once, so it is copied to a
 * file.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { describeCause, failure, usageError } from '../../errors.js';

/** Whether DATA refers to stdin. */
export function isStdin(source: string): boolean {
  return source === '-' || source === '/dev/stdin' || source === '/dev/fd/0' || source === '/proc/self/fd/0';
}

/** Name in messages. */
export function shownName(source: string): string {
  return source === '-' ? 'stdin' : source;
}

/** Whether there is a pipe or device at a path, that is neither a file nor a folder. */
export async function isPipe(source: string): Promise<boolean> {
  if (isStdin(source)) return true;
  const found = await stat(source).catch(() => null);
  return found !== null && !found.isFile() && !found.isDirectory();
}

let isTaken = false;

/**
 * Contents of a pipe. @throws usage if it is a terminal, or stdin that was already read; failed if it can't
 * be read
 */
export async function* readPipe(source: string): AsyncGenerator<Uint8Array> {
  const name = shownName(source);
  if (isStdin(source)) {
    if (isatty(0)) {
      throw usageError('stdin is a terminal, and data is expected.', 'Pipe it: lockstep … - < data.csv');
    }
    if (isTaken) throw onlyOnce();
    isTaken = true;
  }
  const from = source === '-' ? createReadStream('', { fd: 0, autoClose: false }) : createReadStream(source);
  try {
    yield* from as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw failure(`${name} can't be read: ${describeCause(cause)}.`, 'Check what writes to it.', cause);
  }
}

/** @throws usage if both sources are stdin */
export function refuseTwice(source: string, other: string | number | null): void {
  if (typeof other === 'string' && isStdin(source) && isStdin(other)) throw onlyOnce();
}

function onlyOnce() {
  return usageError('stdin can be read only once.', 'Write one of the two sources to a file.');
}
