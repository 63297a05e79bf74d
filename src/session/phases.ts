/**
 * How the time of the steps divides into phases. Each worker adds up its times of some steps (workers/clock.ts); they are
 * read between segments, while the threads are idle.
 */
import { type ByPhase, PHASE_STRIDE, PHASES, RANK_PHASES } from '../model/plan.js';

/** Fewest measured steps of an epoch, if it has so many. */
const LEAST_STEPS = 32;
/**
 * Largest number of steps from one measured step to the next. Reading the clock costs a step of 4,16,3 in batches of 32
 * (4.8 µs) 0.5 µs. Measured by segments in turns: every step +11 %, every sixteenth −0.5 to +0.6 %, which is noise.
 */
const MOST_STRIDE = 16;

/** Number of steps from one measured step to the next; depends only on the length of the epoch. */
export function measuredEvery(stepsPerEpoch: number): number {
  return Math.min(Math.max(Math.floor(stepsPerEpoch / LEAST_STEPS), 1), MOST_STRIDE);
}

/** Share of the workers' time that each phase took; the shares add up to 1. */
export type PhaseShares = ByPhase;

export class PhaseTimes {
  /** Milliseconds of each phase since the start, PHASE_STRIDE values per worker. */
  readonly #slots: Float64Array;
  #taken = RANK_PHASES.map(() => 0);

  constructor(slots: Float64Array) {
    this.#slots = slots;
  }

  /** Shares since the last call, over all workers; null if no step was measured since. */
  take(): PhaseShares | null {
    const before = this.#taken;
    this.#taken = this.#sums();
    return sharesOf(this.#taken.map((sum, i) => sum - before[i]!));
  }

  /** Shares of all measured steps; null if there are none. */
  get ofAll(): PhaseShares | null {
    return sharesOf(this.#sums());
  }

  #sums(): number[] {
    const workers = readPhases(this.#slots);
    return RANK_PHASES.map((_, phase) => workers.reduce((sum, times) => sum + times[phase]!, 0));
  }
}

/** Milliseconds of each phase, one list per worker. */
export function readPhases(slots: Float64Array): number[][] {
  return Array.from({ length: slots.length / PHASE_STRIDE }, (_, worker) => {
    const begin = worker * PHASE_STRIDE;
    return [...slots.subarray(begin, begin + RANK_PHASES.length)];
  });
}

function sharesOf(milliseconds: readonly number[]): PhaseShares | null {
  const total = milliseconds.reduce((sum, time) => sum + time, 0);
  if (!(total > 0)) return null;
  return byPhase(milliseconds.map(time => time / total));
}

/** Numbers in the order of the phases, by name; that of the exchange only if there was one. */
export function byPhase(numbers: readonly number[]): ByPhase {
  const phases = numbers[RANK_PHASES.indexOf('exchange')]! > 0 ? RANK_PHASES : PHASES;
  return Object.fromEntries(phases.map((phase, i) => [phase, numbers[i]!])) as ByPhase;
}
