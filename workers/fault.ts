/** Causes the fault of a task; the only file that makes a worker fail on purpose. */
import { pbkdf2Sync } from 'node:crypto';
import type { Fault } from '../src/protocol/fault.js';
import type { StepRuns } from './thread.js';

/** The same passes, with the fault after the pass that it names. */
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

/** Causes the fault if this is its phase; returns only otherwise. */
export function commitFault(fault: Fault, phase: Fault['phase']): void {
  if (fault.phase !== phase) return;
  if (fault.kind === 'throw') throw new Error('a fault, as asked for');
  // In a worker thread, this ends only the thread.
  if (fault.kind === 'exit') process.exit(1);
  // This call can't be interrupted, and takes a quarter of an hour.
  if (fault.kind === 'block') pbkdf2Sync('', '', 1e9, 64, 'sha512');
  if (fault.kind === 'spin') spin();
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** A name that shows in the report of a hang. */
function spin(): never {
  for (;;);
}
