/** The interface between the command line and a command. */
import type { Read } from '../../config/settings.js';
import type { Interrupts } from './signals.js';

/** A call of a command. */
export interface Call extends Interrupts, Read {
  /** The command line, quoted for a shell. */
  line: string;
  /** The words after the command that are not options: DATA, or MODEL and DATA. */
  operands: string[];
}

/** Does the work, prints the result to stdout and returns the exit code. @throws LockstepError, Interruption */
export type Run = (call: Call) => Promise<number>;
