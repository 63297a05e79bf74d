/** Commits the fault of a task, where it has one: the one place where faults are caused on purpose. */
import { pbkdf2Sync } from 'node:crypto';
import type { Fault } from '../src/protocol/fault.js';

/** Does what the fault asks for where this is its phase. Returns, if at all, where it is another one. */
export function commitFault(fault: Fault, phase: Fault['phase']): void {
  if (fault.phase !== phase) return;
  if (fault.kind === 'throw') throw new Error('a fault, as asked for');
  // Ends this thread alone.
  if (fault.kind === 'exit') process.exit(1);
  // Nobody can interrupt a call like this one; it takes a quarter of an hour.
  if (fault.kind === 'block') pbkdf2Sync('', '', 1e9, 64, 'sha512');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
