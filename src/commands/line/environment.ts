/** Errors of the system that no command expects (no memory, no threads, no disk space), described in one line. */
import { describeCause, failure, LockstepError } from '../../errors.js';

/** @throws failed if the current folder was removed, so that relative paths have no meaning */
export function checkCurrentFolder(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw failure(
      'the current folder no longer exists or cannot be read.',
      'Change to another folder: cd "$HOME".',
      cause,
    );
  }
}

/** What to do about a system error, by its code. */
const HINTS: Readonly<Record<string, string>> = {
  EAGAIN: 'End other programs, raise `ulimit -u`, or try fewer --workers.',
  EMFILE: 'Raise the limit of open files: ulimit -n 256.',
  ENFILE: 'End other programs: too many files are open on this machine.',
  ENOMEM: 'End other programs, or raise `ulimit -v`.',
  ENOSPC: 'Free some disk space.',
  EDQUOT: 'Free some of the disk quota.',
  EACCES: 'Check the permissions.',
  EPERM: 'Check the permissions.',
  ERR_WORKER_INIT_FAILED: 'End other programs, raise `ulimit -u` or `ulimit -v`, or try fewer --workers.',
  ERR_WORKER_OUT_OF_MEMORY: 'End other programs, or try fewer --workers.',
};

/** What V8 says if it gets no memory for an array, a module or what a module works on, to make that larger, or for a message. */
const NO_MEMORY = /allocation failed|out of memory|could not allocate|unable to grow/i;

/** An unexpected error of the system as a LockstepError; any other error unchanged. */
export function asLockstepError(error: unknown): unknown {
  if (error instanceof LockstepError || !(error instanceof Error)) return error;
  const { code = '', syscall, path } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    const [line] = error.message.split('\n');
    return failure(`lockstep is not installed completely: ${line}.`, 'Install it again: npm install.', error);
  }
  if ((error instanceof RangeError || error.name === 'DataCloneError') && NO_MEMORY.test(error.message)) {
    return failure(
      `memory: expected the system to have some left, got: ${describeCause(error)}.`,
      'End other programs, raise `ulimit -v`, or try fewer --workers or a smaller --batch-size.',
      error,
    );
  }
  const hint = HINTS[code];
  if (code === 'EPIPE' || (hint === undefined && syscall === undefined)) return error;
  const where = path === undefined ? 'the system' : path;
  return failure(`${where}: ${describeCause(error)}.`, hint, error);
}
