/** Zip archives: lists their files and reads the bytes of each, verifying length and checksum. */
import { close, closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { Entry, RandomAccessReader, ZipFile } from 'yauzl';
import { describeCause, failure, type LockstepError } from '../../errors.js';

/** An open archive. */
interface Archive {
  /** Files, without folders and macOS metadata. */
  files: Entry[];
  /** Bytes of a file. Throws during iteration if they are damaged. */
  read(file: Entry): AsyncGenerator<Uint8Array>;
  close(): void;
}

/** Folders and macOS metadata. */
const IGNORED = /\/$|^__MACOSX\/|(^|\/)\.DS_Store$/;

/** @throws failed if it is not a complete archive */
export async function openZip(path: string, name: string): Promise<Archive> {
  const { default: yauzl } = await import('yauzl');
  const file = openSync(path, 'r');
  let zip: ZipFile | null = null;
  try {
    const { size } = fstatSync(file);
    const reader = makeReader(file, size, yauzl.RandomAccessReader);
    const archive = await yauzl.fromRandomAccessReaderPromise(reader, size, { autoClose: false });
    zip = archive;
    const files: Entry[] = [];
    for await (const entry of archive.eachEntry()) if (!IGNORED.test(entry.fileName)) files.push(entry);
    return { files, read: file => readEntry(archive, file, name), close: () => archive.close() };
  } catch (cause) {
    if (zip === null) closeSync(file);
    else zip.close();
    throw failure(
      `${name} is a zip archive and damaged, or was cut short: ${describeCause(cause)}.`,
      'Copy or pack the file again.',
      cause,
    );
  }
}

/**
 * Reads parts of a file. The library's own reader throws where nothing catches it if a damaged archive refers to a place
 * that no file can have.
 */
function makeReader(file: number, size: number, Base: typeof RandomAccessReader): RandomAccessReader {
  class Reader extends Base {
    override _readStreamForRange(start: number, end: number) {
      return Readable.from(readRange(file, start, end), { objectMode: false });
    }

    override read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      // The library's types lack the count.
      done: (error: Error | null, count?: number) => void,
    ) {
      if (position + length <= size) read(file, buffer, offset, length, position, done);
      else setImmediate(done, new Error(`it refers to byte ${position + length} of ${size}`));
    }

    override close(done: (error: Error | null) => void) {
      close(file, error => done(error ?? null));
    }
  }
  return new Reader();
}

const PIECE_BYTES = 2 ** 20;

/** The bytes from ≤ i < to of a file, a piece at a time. */
function* readRange(file: number, from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, to - at));
    const count = readSync(file, piece, 0, piece.length, at);
    if (count === 0) return;
    yield piece.subarray(0, count);
    at += count;
  }
}

/** The only file of an archive. @throws failed if there are none or several */
export async function unzip(
  path: string,
  name: string,
): Promise<{ name: string; pieces: AsyncGenerator<Uint8Array> }> {
  const archive = await openZip(path, name);
  const [file, ...others] = archive.files;
  try {
    if (file === undefined) throw failure(`${name} is a zip archive without files.`);
    if (archive.files.some(({ fileName }) => fileName === '[Content_Types].xml')) {
      throw failure(`${name} is an Office document, which can't be read.`, 'Save its table as CSV.');
    }
    if (others.length > 0) throw several(archive.files, name);
  } catch (error) {
    archive.close();
    throw error;
  }
  return { name: file.fileName, pieces: closing(archive.read(file), archive) };
}

const SHOWN = 5;

function several(files: readonly Entry[], name: string): LockstepError {
  const names = files.map(({ fileName }) => fileName);
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return failure(
    `${name} holds ${names.length} files where one table is expected: ${names.slice(0, SHOWN).join(', ')}${more}.`,
    `Unpack it and name the files, or pipe one of them: unzip -p ${name} ${names[0]} | lockstep … -`,
  );
}

async function* readEntry(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) {
    throw failure(`${name} is an encrypted zip archive.`, 'Unpack it with its password first.');
  }
  let sum = 0;
  for await (const piece of await zip.openReadStreamPromise(entry)) {
    sum = crc32(piece, sum);
    yield piece;
  }
  if (sum !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is wrong`);
}

async function* closing(pieces: AsyncGenerator<Uint8Array>, archive: Archive): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } finally {
    archive.close();
  }
}
