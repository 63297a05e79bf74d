/**
 * Failures of stdout and stderr, for example on a full disk. Lost output is reported by one line on stderr and exit code 1.
 * A reader that stops reading (`| head`) is not an error.
 */
import { describeCause, EXIT_CODES } from '../../errors.js';

/** The error that stdout failed with. */
let lost: Error | null = null;

/** Starts watching both streams. */
export function watchStreams(): void {
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
