/**
 * The control words: the only memory that threads write while others read it without a barrier between.
 * Each lies on a cache line of its own.
 */

const LINE = 16; // 32-bit words in 64 bytes

/** Parties that have arrived at the barrier of the running generation. */
export const ARRIVED = 0 * LINE;
/** Counts barriers passed; what waiting parties watch. */
export const GENERATION = 1 * LINE;
/** Parties that sleep or are about to; if it is 0, nobody needs waking. */
export const SLEEPERS = 2 * LINE;
/** 1 after a party has failed: nobody waits any more. */
export const POISONED = 3 * LINE;
/** 1 if the coordinator, or another rank, wants the segment to end; only the last party to arrive reads it. */
export const STOP_ASKED = 4 * LINE;
/** STOP_ASKED as read by the last party to arrive: the same for all that leave that barrier. */
export const STOP_AGREED = 5 * LINE;
/** Completed steps since the start, modulo 2³²; written by worker 0, watched by the coordinator. */
export const PROGRESS = 6 * LINE;
/** Counts tasks begun and micro-batches judged; every worker adds to it, and the coordinator watches it for signs of life. */
export const PULSE = 7 * LINE;
/** 1 if the coordinator wants the segment to end on all ranks; the leader sends it to them, and writes STOP_ASKED on each. */
export const STOP_WANTED = 8 * LINE;
