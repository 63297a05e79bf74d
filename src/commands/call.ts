/**
 * What the command line hands to a command, and what it wants back.
 */
import type { Settings } from '../config/options.js';
import type { Interrupts } from './signals.js';

/** One command as it was called. */
export interface Call extends Interrupts {
  /** The line itself, for a shell. */
  line: string;
  /** The words that are no options: DATA, or MODEL and DATA. */
  operands: string[];
  settings: Settings;
  /** The options that stood on the line. */
  given: Partial<Settings>;
}

/** Does the work, prints the result to stdout, and gives the exit code. @throws LockstepError, Interruption */
export type Run = (call: Call) => Promise<number>;
