/** A fault that is caused on purpose, to see what a training makes of it. Plain data. */

const FAULT_PHASES = ['gradient', 'update', 'validation'] as const;
/** Those that a training gets over. */
export const LOSS_KINDS = ['throw', 'exit', 'hang'] as const;
const FAULT_KINDS = [...LOSS_KINDS, 'block'] as const;

export interface Fault {
  worker: number;
  /** Step since the start, from 1; for validation, the step after which it is. */
  step: number;
  /** Gradient: before the first barrier. Update: with this worker's part of the weights changed. */
  phase: (typeof FAULT_PHASES)[number];
  /** An error, the end of the thread, a thread that does nothing any more, or one in a call that nobody can end. */
  kind: (typeof FAULT_KINDS)[number];
  /** How many times, each time that the step is done again. */
  times: number;
}
