/** Commits the fault of a task, if it has one: the one place where faults are caused on purpose. */
import { pbkdf2Sync } from 'node:crypto';
import type { Fault } from '../src/protocol/fault.js';
import type { StepRuns } from './thread.js';

/** The same passes, with the fault after the one that it names. */
export function faulty({ gradient, update }: StepRuns, fault: Fault): StepRuns {
  return {
    gradient(registers) {
      gradient(registers);
      commitFault(fault, 'gradient');
    },
    update(registers) {
      update(registers);
      commitFault(fault, 'update');
    },
  };
}

/** Does what the fault asks for if this is its phase. Returns, if at all, if it is another one. */
export function commitFault(fault: Fault, phase: Fault['phase']): void {
  if (fault.phase !== phase) return;
  if (fault.kind === 'throw') throw new Error('a fault, as asked for');
  // Ends only this thread.
  if (fault.kind === 'exit') process.exit(1);
  // Nobody can interrupt a call like this one; it takes a quarter of an hour.
  if (fault.kind === 'block') pbkdf2Sync('', '', 1e9, 64, 'sha512');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
