/** What to type to have a training again. Pure functions. */
import { commandLine, shellLine } from '../../config/command-line.js';

/** The line of `lockstep train`: its options. */
export function repeatLine(data: unknown, options: unknown): string {
  const given = typeof options === 'object' ? options : null;
  return shellLine(commandLine('train', [typeof data === 'string' ? data : 'DATA'], { ...given }));
}
