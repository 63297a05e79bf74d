/**
 * A temporary folder for data that can't be read in place. It is removed with its files when the work is done
 * or when the process ends. Files only grow as long as there is free disk space.
 */
import { rmSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCause, failure, type LockstepError } from '../../errors.js';

/** Disk space left free for other programs. */
const RESERVE_BYTES = 64 * 2 ** 20;

/** Bytes written between two checks of the free space. */
const CHECK_BYTES = 16 * 2 ** 20;

/** Returns the free bytes on a folder's disk. */
type FreeBytes = (folder: string) => Promise<number>;

const freeOnDisk: FreeBytes = async folder => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

export class Scratch {
  readonly folder: string;
  readonly #free: FreeBytes;
  #files = 0;

  private constructor(folder: string, free: FreeBytes) {
    this.folder = folder;
    this.#free = free;
    process.once('exit', this.dispose);
  }

  /** @throws failed if no temporary folder can be created */
  static async create(free: FreeBytes = freeOnDisk): Promise<Scratch> {
    try {
      return new Scratch(await mkdtemp(join(tmpdir(), 'lockstep-')), free);
    } catch (cause) {
      throw failure(
        `${tmpdir()}: a folder for temporary files cannot be made there: ${describeCause(cause)}.`,
        'Set TMPDIR to a folder that you may write to.',
        cause,
      );
    }
  }

  /** An unused path in the folder. */
  newPath(extension = ''): string {
    // All names have the same length, so that no path is a prefix of another.
    return join(this.folder, `${String(this.#files++).padStart(6, '0')}${extension}`);
  }

  /**
   * Writes pieces to a new file and returns its path. @param name of the data, for messages
   * @throws failed if there is no space on the disk
   */
  async write(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, name: string): Promise<string> {
    const path = this.newPath();
    const file = await open(path, 'wx');
    let written = 0;
    let checked = Number.NEGATIVE_INFINITY;
    try {
      for await (const piece of pieces) {
        if (written - checked >= CHECK_BYTES) {
          await this.checkRoom(written, name);
          checked = written;
        }
        await writeWhole(file, piece);
        written += piece.length;
      }
    } catch (cause) {
      throw (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? this.#full(written, 0, name, cause) : cause;
    } finally {
      await file.close();
    }
    return path;
  }

  /** @throws failed if the disk is nearly full */
  async checkRoom(written: number, name: string): Promise<void> {
    const free = await this.#free(this.folder);
    if (free < RESERVE_BYTES) throw this.#full(written, free, name);
  }

  #full(written: number, free: number, name: string, cause?: unknown): LockstepError {
    return failure(
      `${name}: the temporary copy in ${tmpdir()} needs more than ${mebibytes(written)} and only ${mebibytes(free)} are free there.`,
      'Free some space, or set TMPDIR to a folder on a larger disk.',
      cause,
    );
  }

  readonly dispose = (): void => {
    process.off('exit', this.dispose);
    rmSync(this.folder, { recursive: true, force: true });
  };
}

async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await file.write(piece, done);
    done += bytesWritten;
  }
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20).toLocaleString('en')} MiB`;
}
