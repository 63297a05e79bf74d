/**
 * What the command line hands to a command, and what it wants back.
 */
import type { Settings } from '../config/options.js';

/** One command as it was called. */
export interface Call {
  /** The words that are no options: DATA, or MODEL and DATA. */
  operands: string[];
  settings: Settings;
  /** Aborted by the first SIGINT or SIGTERM. */
  signal: AbortSignal;
}

/** Does the work, prints the result to stdout, and gives the exit code. @throws LockstepError */
export type Run = (call: Call) => Promise<number>;
