/**
 * stdout and stderr, which can fail like any file: on a full disk, or because nobody reads any more. A reader that has
 * had enough (`| head`) is no error. Output that is lost is one line on stderr and exit code 1.
 */
import { describeCause, EXIT_CODES } from '../../errors.js';

/** What stdout failed with. */
let lost: Error | null = null;

/** Watches both streams from now on. */
export function watchStreams(): void {
  // Nobody reads stderr any more; the work continues.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost !== null || error.code === 'EPIPE') return;
    lost = error;
    process.stderr.write(
      `error: stdout: the output could not be written: ${describeCause(error)}.\nMake room there, or send the output elsewhere.\n`,
    );
    process.exitCode = exitCodeOf(process.exitCode);
  });
}

/** Whether this is what stdout failed with, which was said already. */
export function isLostOutput(error: unknown): boolean {
  return lost !== null && error === lost;
}

/** The exit code of a command whose output may be lost. */
export function exitCodeOf(code: unknown): number {
  return Number(code ?? 0) || (lost === null ? 0 : EXIT_CODES.failed);
}
