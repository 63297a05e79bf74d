/**
 * What the command line hands to a command, and what it wants back.
 */
import type { Read } from '../../config/settings.js';
import type { Interrupts } from './signals.js';

/** One command as it was called. */
export interface Call extends Interrupts, Read {
  /** The line itself, for a shell. */
  line: string;
  /** The words that are no options: DATA, or MODEL and DATA. */
  operands: string[];
}

/** Does the work, prints the result to stdout, and gives the exit code. @throws LockstepError, Interruption */
export type Run = (call: Call) => Promise<number>;
