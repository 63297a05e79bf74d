/**
 * Failures of stdout and stderr, for example on a full disk. Lost output is reported by one line on stderr and exit code 1.
 * A reader that stops reading (`| head`) is not an error.
 */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { describeCause, EXIT_CODES } from '../../errors.js';

/** The error that stdout failed with. */
let lost: Error | null = null;

/** How long a device that takes nothing for now is left alone, in milliseconds. */
const PAUSE = 5;

/** Starts watching both streams. */
export function watchStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!(stream instanceof Socket)) writeWhole(stream);
  }
  // If nobody reads stderr, the work continues.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost !== null || error.code === 'EPIPE') return;
    lost = error;
    process.stderr.write(
      `error: stdout: the output could not be written: ${describeCause(error)}.\nFree some space there, or send the output elsewhere.\n`,
    );
    process.exitCode = exitCodeOf(process.exitCode);
  });
}

/** Whether this is the failure of stdout, which was reported already. */
export function isLostOutput(error: unknown): boolean {
  return lost !== null && error === lost;
}

/** The exit code of a command, which is 1 instead of 0 if its output was lost. */
export function exitCodeOf(code: unknown): number {
  return Number(code ?? 0) || (lost === null ? 0 : EXIT_CODES.failed);
}

/**
 * Has a stream that is a file write all that it is given. Node.js writes each chunk once, and takes a part of it for the whole:
 * what fits on a disk that is full then.
 */
export function writeWhole(stream: Writable & { fd: number }): void {
  stream._write = (chunk: Uint8Array | string, encoding: BufferEncoding | 'buffer', done) => {
    try {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
      for (let at = 0; at < bytes.length; ) at += writeSome(stream.fd, bytes.subarray(at));
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}

/** Returns how many bytes were written: 0 if the device takes none for now. */
function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    return 0;
  }
}
