/**
 * Rows of bytes that stay in their file and are read into the caller's memory on request. The file is kept
 * open, so it may be renamed or deleted; each read checks that it has not changed since it was opened.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { failure } from '../../errors.js';
import type { Rows } from '../rows.js';

/** Location of rows within a file. */
interface Place {
  /** Offset of the first row, in bytes. */
  offset: number;
  count: number;
  width: number;
}

/** Closes files whose rows have been garbage-collected. */
const abandoned = new FinalizationRegistry<number>(closeSync);

/** Rows stored one after the other in a file. */
export function fileRows(path: string, { offset, count, width }: Place): Rows {
  const file = openSync(path, 'r');
  const { size, mtimeMs } = fstatSync(file);
  const write: Rows['write'] = (into, from, to) => {
    const now = fstatSync(file);
    const part = { length: (to - from) * width, position: offset + from * width };
    const isSame = now.size === size && now.mtimeMs === mtimeMs;
    if (!isSame || !readFully(file, into as Uint8Array, part)) throw changed(path);
  };
  abandoned.register(write, file);
  return { count, width, type: 'u8', write };
}

/** A single read call reads less than 2 GiB. */
function readFully(file: number, into: Uint8Array, part: { length: number; position: number }): boolean {
  for (let done = 0; done < part.length; ) {
    const read = readSync(file, into, done, Math.min(part.length - done, READ_BYTES), part.position + done);
    if (read === 0) return false;
    done += read;
  }
  return true;
}

const READ_BYTES = 2 ** 30;

function changed(path: string) {
  return failure(`${path} was changed after it was opened.`, 'Start again with the file as it is now.');
}
