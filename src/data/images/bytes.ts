/**
 * A file as a run of bytes, packed with gzip or not, read straight into the caller's memory. Never holds
 * more of an unpacked file than one piece, whatever the file claims.
 */
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { failure } from '../../errors.js';
import { messageOf, openFile } from '../files.js';

export interface ByteReader {
  /** The most bytes that there can be: exact for a plain file, deflate's best ratio for a packed one. */
  readonly limit: number;
  readonly packed: boolean;
  /** Fills the target with the bytes that follow; fewer come only where the file ends. Returns their count. */
  fill(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Of gunzip's output: large enough that a piece costs little beside its copy. */
const PIECE_BYTES = 1 << 20;

/** One read call takes less than 2³¹ bytes. */
const READ_BYTES = 1 << 30;

/** Deflate packs 258 bytes into two bits at best: nothing grows more than 1032 times, and its header adds a little. */
const BEST_RATIO = 1032;

/** Opens a file by its first bytes, not by its name. @throws failed where it can't be read */
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
    // The stream's errors come out of the iteration, so the pipeline's own callback has nothing to add.
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
      const message = `${this.#path}: expected a whole gzip file, got ${messageOf(cause)}.`;
      throw failure(message, 'The file is damaged or was cut short: fetch it again.', cause);
    }
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
