/**
 * Decompresses gzip, zstd, bzip2, and zip archives with one file. Data is read to its end and its checksums
 * are verified, so that a damaged or truncated file is refused rather than read in part.
 */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { describeCause, failure, LockstepError } from '../../errors.js';
import type { Packing } from './format.js';
import { unzip } from './zip.js';
import { unzstd } from './zstd.js';

/** Contents of a compressed file. */
interface Unpacked {
  /** Name of the file inside; null if the format stores none. */
  name: string | null;
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const PIECE_BYTES = 2 ** 20;

/** @throws failed if it is damaged, either now or while it is being read */
export async function unpack(path: string, packing: Packing, name: string): Promise<Unpacked> {
  if (packing === 'zip') {
    const { name: inside, pieces } = await unzip(path, name);
    return { name: inside, pieces: guarded(pieces, packing, name) };
  }
  const pieces =
    packing === 'gzip' ? gunzip(path) : packing === 'zstd' ? await unzstd(readPieces(path)) : bunzip2(path);
  return { name: null, pieces: guarded(pieces, packing, name) };
}

async function* guarded(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  packing: Packing,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause;
    throw failure(
      `${name} is packed with ${packing} and damaged, or was cut short: ${describeCause(cause)}.`,
      'Copy or pack the file again.',
      cause,
    );
  }
}

function gunzip(path: string): AsyncIterable<Uint8Array> {
  const source = createReadStream(path);
  const target = createGunzip({ chunkSize: PIECE_BYTES });
  source.on('error', error => target.destroy(error));
  return source.pipe(target);
}

/** Pieces of a file, read lazily. */
function* readPieces(path: string, bytes = PIECE_BYTES): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const piece = new Uint8Array(bytes);
      const count = readSync(file, piece);
      if (count === 0) return;
      yield piece.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Decodes block by block. A block contains up to 900,000 bytes before run-length decoding, which may expand
 * them further.
 */
async function* bunzip2(path: string): AsyncGenerator<Uint8Array> {
  const { default: Bunzip } = await import('seek-bzip');
  const input = new ByteSource(readPieces(path));
  const output = new ByteSink();
  const stream = new Bunzip(input, output);
  for (;;) {
    if (stream._init_block()) {
      stream._read_bunzip();
    } else {
      const expected = stream.reader.read(32) >>> 0;
      if (expected !== stream.streamCRC) throw new Error('the checksum of the file is wrong');
      if (input.eof()) break;
      stream._start_bunzip(input, output);
    }
    yield* output.take();
    // Decoding a block takes 0.1 s; signals are handled between blocks.
    await new Promise(setImmediate);
  }
  yield* output.take();
}

/** Provides single bytes, as the decoder requests them. */
class ByteSource {
  readonly #pieces: Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(pieces: Iterator<Uint8Array>) {
    this.#pieces = pieces;
  }

  eof(): boolean {
    while (this.#at >= this.#piece.length) {
      const { done, value } = this.#pieces.next();
      if (done) return true;
      this.#piece = value;
      this.#at = 0;
    }
    return false;
  }

  readByte(): number {
    if (this.eof()) throw new Error('unexpected end of file');
    return this.#piece[this.#at++]!;
  }

  /** Fills a range of a buffer. */
  read(buffer: Uint8Array, begin: number, length: number): number {
    for (let i = 0; i < length; i++) buffer[begin + i] = this.readByte();
    return length;
  }
}

class ByteSink {
  #full: Uint8Array[] = [];
  #piece = new Uint8Array(PIECE_BYTES);
  #length = 0;

  writeByte(byte: number): void {
    if (this.#length === PIECE_BYTES) {
      this.#full.push(this.#piece);
      this.#piece = new Uint8Array(PIECE_BYTES);
      this.#length = 0;
    }
    this.#piece[this.#length++] = byte;
  }

  /** Returns what was written since the last call. */
  take(): Uint8Array[] {
    const taken = [...this.#full, this.#piece.slice(0, this.#length)];
    this.#full = [];
    this.#length = 0;
    return taken;
  }

  flush(): void {}
}
