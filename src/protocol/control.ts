/**
 * The control words: the only memory that threads write while others read it without a barrier between.
 * Each lies on a cache line of its own.
 */

const LINE = 16; // 32-bit words in 64 bytes

/** Parties that have arrived at the barrier of the running generation. */
export const ARRIVED = 0 * LINE;
/** Counts barriers passed; what waiting parties watch. */
export const GENERATION = 1 * LINE;
/** Parties asleep, or about to be: where 0, nobody needs waking. */
export const SLEEPERS = 2 * LINE;
/** 1 once a party has failed: nobody waits any more. */
export const POISONED = 3 * LINE;
/** 1 where the coordinator wants the segment to end; read by the last party to arrive alone. */
export const STOP_ASKED = 4 * LINE;
/** STOP_ASKED as the last party to arrive found it: the same for all who leave that barrier. */
export const STOP_AGREED = 5 * LINE;
/** Steps done since the start, modulo 2³²; written by worker 0, watched by the coordinator. */
export const PROGRESS = 6 * LINE;
/** Counts tasks begun and micro-batches judged; added to by every worker, watched for life by the coordinator. */
export const PULSE = 7 * LINE;
