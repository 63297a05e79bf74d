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
  /**
   * throw: an error. exit: the end of the thread. hang: it waits for ever. spin: it computes for ever. block: it is in a call that
   * can't be interrupted.
   */
  kind: (typeof FAULT_KINDS)[number];
  /** How often: in the first attempt at the step and in its repetitions. */
  times: number;
}
