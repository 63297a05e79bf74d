/** Adds up a worker's time in each phase in the arena; the coordinator reads it between segments. */
import { type Operation, phaseOf } from '../src/model/operations.js';
import { PHASE_STRIDE, RANK_PHASES, type RankPhase } from '../src/model/plan.js';
import { trailCode } from '../src/protocol/trail.js';
import type { Run } from '../src/protocol/update.js';

export class Clock {
  readonly #milliseconds: Float64Array;
  #last = 0;

  /** @param phases PHASE_STRIDE values for each worker */
  constructor(phases: Float64Array, worker: number) {
    this.#milliseconds = phases.subarray(worker * PHASE_STRIDE, (worker + 1) * PHASE_STRIDE);
  }

  /** Begins the first phase. */
  start(): void {
    this.#last = performance.now();
  }

  /** Adds the time since the last lap, or the start, to a phase. */
  lap(phase: RankPhase): void {
    const now = performance.now();
    this.#milliseconds[RANK_PHASES.indexOf(phase)]! += now - this.#last;
    this.#last = now;
  }

  /** The same operations, with a lap after the last of each phase. */
  measured(bound: readonly { code: number; operation: Operation; run: Run }[]): { code: number; run: Run }[] {
    return bound.flatMap((one, i) => {
      const phase = phaseOf(one.operation);
      const next = bound[i + 1];
      const lap = { code: LAP, run: () => this.lap(phase) };
      return next && phaseOf(next.operation) === phase ? [one] : [one, lap];
    });
  }
}

const LAP = trailCode('lap');
