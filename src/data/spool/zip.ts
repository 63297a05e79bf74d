/** Zip archives: lists their files and reads the bytes of each, verifying length and checksum. */
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
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
  try {
    const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false });
    const files: Entry[] = [];
    for await (const entry of zip.eachEntry()) if (!IGNORED.test(entry.fileName)) files.push(entry);
    return { files, read: file => readEntry(zip, file, name), close: () => zip.close() };
  } catch (cause) {
    throw failure(
      `${name} is a zip archive and damaged, or was cut short: ${describeCause(cause)}.`,
      'Copy or pack the file again.',
      cause,
    );
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
