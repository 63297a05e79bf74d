/** How work ended on each rank, and what that means for all of them: if it failed on one, it has failed. Pure functions. */
import { type ErrorCode, EXIT_CODES, failure, LockstepError } from '../errors.js';
import { nameRank, ToldByRank0 } from './ranks.js';

/** The end of the work of one rank, as plain data. */
export interface End {
  readonly exitCode: number;
  readonly error: null | {
    /** null for an error that is not meant for users. */
    readonly code: ErrorCode | null;
    readonly message: string;
    readonly hint: string | undefined;
  };
}

export function endWithError(error: unknown): End {
  if (error instanceof LockstepError) {
    const { message, hint } = error.text;
    return { exitCode: EXIT_CODES[error.code], error: { code: error.code, message, hint } };
  }
  const { exitCode, stack } = error as { exitCode?: unknown; stack?: string };
  return {
    exitCode: typeof exitCode === 'number' ? exitCode : EXIT_CODES.failed,
    error: { code: null, message: String(error), hint: stack },
  };
}

/**
 * Returns if no rank failed. Otherwise rank 0 throws the first error by rank, its own as it is, that of another with the
 * rank's name, and the others throw ToldByRank0 with the same exit code.
 */
export function throwFirst(ends: readonly End[], rank: number, own: unknown, hosts: readonly string[]): void {
  const first = ends.findIndex(end => end.error !== null);
  if (first < 0) return;
  const { exitCode, error } = ends[first]!;
  const { code, message, hint } = error!;
  if (rank === 0 && first === 0) throw own;
  if (rank !== 0) throw new ToldByRank0(first === 0 ? exitCode : EXIT_CODES[code ?? 'failed']);
  const isCommon = ends.every(end => end.error?.message === message);
  const text = isCommon ? message : `${nameRank(first, hosts)}: ${message}`;
  throw code === null
    ? failure(text, hint)
    : new LockstepError(code, text, hint === undefined ? {} : { hint });
}
