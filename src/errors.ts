/**
 * The one error class of lockstep. A message says what is wrong and where, the hint what to do next. Both may name options
 * (option-names.ts): read as they are, with the library's properties; the command line writes its flags instead. The code
 * decides the exit code of the command line and nothing else.
 */
import { inProperties, option, type WriteOptions, writeOptions } from './option-names.js';

/** What kind of trouble it is, and the exit code that the command line ends with. */
export const EXIT_CODES = {
  /** Something outside went wrong: a file, a worker, the machine. */
  failed: 1,
  /** The caller asked for something that is not possible: an option, a column, a size. */
  usage: 2,
  /** A loss or a prediction is not finite. */
  diverged: 3,
  /** Trainings that must have the same bits differ. */
  mismatch: 4,
  /** A training ended without reaching its target. */
  unreached: 5,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** A message and its hint, in which options may be marked. */
export interface ErrorText {
  readonly message: string;
  readonly hint: string | undefined;
}

/** An error meant to be read by the person at the keyboard. */
export class LockstepError extends Error {
  override readonly name = 'LockstepError';
  readonly code: ErrorCode;
  /** What to do next, with options as properties. */
  readonly hint: string | undefined;
  /** Message and hint with options marked, for an error that is made of this one. */
  readonly text: ErrorText;

  constructor(code: ErrorCode, message: string, { hint, cause }: { hint?: string; cause?: unknown } = {}) {
    const text = { message: inOneLine(message), hint };
    super(inProperties(text.message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.text = text;
    this.hint = hint === undefined ? undefined : inProperties(hint);
  }

  /** Message and hint with options as someone else writes them. */
  writtenWith(write: WriteOptions): ErrorText {
    const { message, hint } = this.text;
    return {
      message: writeOptions(message, write),
      hint: hint === undefined ? undefined : writeOptions(hint, write),
    };
  }
}

/** Names may hold line breaks, messages don't: two\nlines. */
function inOneLine(message: string): string {
  return message.trim().replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

/** An option, column or size that is not possible: exit code 2. */
export function usageError(message: string, hint?: string): LockstepError {
  return new LockstepError('usage', message, hint === undefined ? {} : { hint });
}

/** A value that an option can't have, and one that it can: `learningRate: expected a number above 0, got 0.` */
export function optionError(
  property: string,
  { expected, got, example }: { expected: string; got: unknown; example?: unknown },
): LockstepError {
  const hint = example === undefined ? undefined : `Try ${option(property, example)}.`;
  return usageError(`${option(property)}: expected ${expected}, got ${got}.`, hint);
}

/** A file, worker or machine that failed: exit code 1. */
export function failure(message: string, hint?: string, cause?: unknown): LockstepError {
  return new LockstepError('failed', message, { ...(hint === undefined ? {} : { hint }), cause });
}

/** The first line of an error's message, without the system call and the paths that Node.js appends. */
export function describeCause(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return line.replace(/, \w+( '.*)?$/, '').replace(/\.$/, '');
}

/** Whether a training diverged. */
export function isDiverged(error: unknown): error is LockstepError {
  return error instanceof LockstepError && error.code === 'diverged';
}
