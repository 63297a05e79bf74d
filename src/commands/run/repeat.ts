/** What to type to have a training again. Pure functions. */
import { commandLine, shellLine } from '../../config/command-line.js';

/** The line of `lockstep train`: its options and, for the same bits, its number of shards. */
export function repeatLine(data: unknown, options: unknown, shards: unknown): string {
  const given = typeof options === 'object' ? options : null;
  const pinned = typeof shards === 'number' ? { ...given, shards } : { ...given };
  return shellLine(commandLine('train', [typeof data === 'string' ? data : 'DATA'], pinned));
}
