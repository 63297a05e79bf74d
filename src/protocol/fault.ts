/** A fault that is caused on purpose, to test recovery. Plain data. */

const FAULT_PHASES = ['gradient', 'update', 'validation'] as const;
/** Faults that a training recovers from. */
export const LOSS_KINDS = ['throw', 'exit', 'hang', 'spin'] as const;
const FAULT_KINDS = [...LOSS_KINDS, 'block'] as const;

export interface Fault {
  /** 0 by default. */
  rank?: number;
  worker: number;
  /** Step since the start, from 1; for validation, the step before it. */
  step: number;
  /** Gradient: before the first barrier. Update: after this worker's part of the weights has changed. */
  phase: (typeof FAULT_PHASES)[number];
  /** An error, the end of the thread, a thread that waits for ever, one that computes for ever, or one in a call that can't be interrupted. */
  kind: (typeof FAULT_KINDS)[number];
  /** How often: in the first attempt at the step and in its repetitions. */
  times: number;
}
