/**
 * Reads a file, gzipped or not, as a sequence of bytes, straight into the caller's memory. It never holds
 * more than one piece of an unpacked file, whatever size the file claims.
 */
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { describeCause, failure } from '../../errors.js';
import { openFile } from '../files.js';

export interface ByteReader {
  /**
   * Upper limit for the number of bytes: exact for a plain file, from deflate's best ratio for a compressed
   * one.
   */
  readonly limit: number;
  readonly packed: boolean;
  /**
   * Fills the target with the following bytes; returns their count, which is smaller only at the end of the
   * file.
   */
  fill(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Size of gunzip's output pieces, large enough that the overhead per piece is small. */
const PIECE_BYTES = 1 << 20;

/** A single read call reads less than 2³¹ bytes. */
const READ_BYTES = 1 << 30;

/**
 * Deflate encodes at most 258 bytes in two bits, so data grows at most 1032 times, plus a little for the
 * header.
 */
const BEST_RATIO = 1032;

/**
 * Opens a file and detects compression from its first bytes, not its name. @throws failed if it can't be read
 */
export async function openBytes(path: string): Promise<ByteReader> {
  const file = await openFile(path);
  const { size } = await file.stat();
  const { buffer } = await file.read(new Uint8Array(2), 0, 2, 0);
  if (buffer[0] === 0x1f && buffer[1] === 0x8b) {
    await file.close();
    return new PackedReader(path, size * BEST_RATIO + 64);
  }
  let position = 0;
  return {
    limit: size,
    packed: false,
    async fill(target) {
      const begin = position;
      const end = begin + target.length;
      while (position < end) {
        const count = Math.min(end - position, READ_BYTES);
        const { bytesRead } = await file.read(target, position - begin, count, position);
        if (bytesRead === 0) break;
        position += bytesRead;
      }
      return position - begin;
    },
    close: () => file.close(),
  };
}

class PackedReader implements ByteReader {
  readonly packed = true;
  readonly limit: number;
  readonly #path: string;
  readonly #stream: Readable;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest = new Uint8Array(0);

  constructor(path: string, limit: number) {
    this.limit = limit;
    this.#path = path;
    // Errors of the stream surface during iteration, so the pipeline's callback can be empty.
    this.#stream = pipeline(createReadStream(path), createGunzip({ chunkSize: PIECE_BYTES }), () => {});
    this.#pieces = this.#stream[Symbol.asyncIterator]();
  }

  async fill(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      if (this.#rest.length === 0) {
        const piece = await this.#next();
        if (piece === null) break;
        this.#rest = piece as Uint8Array<ArrayBuffer>;
      }
      const part = this.#rest.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return filled;
  }

  async #next(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#pieces.next();
      return done ? null : value;
    } catch (cause) {
      const message = `${this.#path}: expected a whole gzip file, got ${describeCause(cause)}.`;
      throw failure(message, 'The file is damaged or was cut short: fetch it again.', cause);
    }
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
