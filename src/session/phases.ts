/**
 * Where the time of the steps went: what the workers noted of some of them, read between segments. The threads write
 * their own places (workers/clock.ts), and rest while these are read.
 */
import { PHASE_STRIDE, PHASES, type Phase } from '../model/plan.js';

/** Steps of an epoch that are measured at the least, where it has so many. */
const LEAST_STEPS = 32;
/**
 * No more than one in so many has to be: looking at the clock takes a step of 4,16,3 in batches of 32 (4.8 µs) 0.5 µs.
 * Measured so, by segments in turns: every step +11 %, every sixteenth -0.5 to +0.6 %, which is the noise.
 */
const MOST_STRIDE = 16;

/** Every how many steps one is measured: by the epoch's length alone. */
export function measuredEvery(stepsPerEpoch: number): number {
  return Math.min(Math.max(Math.floor(stepsPerEpoch / LEAST_STEPS), 1), MOST_STRIDE);
}

/** The part of the workers' time that each phase took; together 1. */
export type PhaseShares = Readonly<Record<Phase, number>>;

export class PhaseTimes {
  /** Milliseconds of each phase, PHASE_STRIDE a worker, since the start. */
  readonly #slots: Float64Array;
  #taken = PHASES.map(() => 0);

  constructor(slots: Float64Array) {
    this.#slots = slots;
  }

  /** Shares since the last call, over all workers; null where no step was measured since. */
  take(): PhaseShares | null {
    const before = this.#taken;
    this.#taken = this.#sums();
    return sharesOf(this.#taken.map((sum, i) => sum - before[i]!));
  }

  /** Shares of all steps that were measured; null where none was. */
  get ofAll(): PhaseShares | null {
    return sharesOf(this.#sums());
  }

  #sums(): number[] {
    const workers = readPhases(this.#slots);
    return PHASES.map((_, phase) => workers.reduce((sum, times) => sum + times[phase]!, 0));
  }
}

/** Milliseconds of each phase, a list a worker. */
export function readPhases(slots: Float64Array): number[][] {
  return Array.from({ length: slots.length / PHASE_STRIDE }, (_, worker) => {
    const begin = worker * PHASE_STRIDE;
    return [...slots.subarray(begin, begin + PHASES.length)];
  });
}

function sharesOf(milliseconds: readonly number[]): PhaseShares | null {
  const total = milliseconds.reduce((sum, time) => sum + time, 0);
  if (!(total > 0)) return null;
  return Object.fromEntries(PHASES.map((phase, i) => [phase, milliseconds[i]! / total])) as PhaseShares;
}
