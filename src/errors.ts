/**
 * The one error class of lockstep. A message says where, what was expected and what was there; the hint
 * says what to type next. The code decides the exit code of the command line and nothing else.
 */

/** What kind of trouble it is, and the exit code that the command line ends with. */
export const EXIT_CODES = {
  /** Something outside went wrong: a file, a worker, the machine. */
  failed: 1,
  /** The caller asked for something that can't be: an option, a column, a size. */
  usage: 2,
  /** A loss, or a prediction, is no finite number. */
  diverged: 3,
  /** Trainings that must have the same bits have not. */
  mismatch: 4,
  /** A training came to its end and was not as good as it was to become. */
  unreached: 5,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** An error meant to be read by the person at the keyboard. */
export class LockstepError extends Error {
  override readonly name = 'LockstepError';
  readonly code: ErrorCode;
  /** The next thing to type or to look at. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(inOneLine(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** A name may hold line breaks, a message doesn't: two\nlines. */
function inOneLine(message: string): string {
  return message.trim().replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

/** An option, column or size that can't be: exit code 2. */
export function usageError(message: string, hint?: string): LockstepError {
  return new LockstepError('usage', message, hint === undefined ? {} : { hint });
}

/** A file, worker or machine that failed: exit code 1. */
export function failure(message: string, hint?: string, cause?: unknown): LockstepError {
  return new LockstepError('failed', message, { ...(hint === undefined ? {} : { hint }), cause });
}

/** Whether that is what went wrong. */
export function isDiverged(error: unknown): error is LockstepError {
  return error instanceof LockstepError && error.code === 'diverged';
}
