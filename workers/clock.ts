/** What each phase takes a worker, added up in the arena; read by the coordinator between segments. */
import { type Operation, phaseOf } from '../src/model/operations.js';
import { PHASE_STRIDE, PHASES, type Phase } from '../src/model/plan.js';
import type { Run } from '../src/protocol/update.js';

export class Clock {
  readonly #milliseconds: Float64Array;
  #last = 0;

  /** @param phases PHASE_STRIDE float64 for each worker */
  constructor(phases: Float64Array, worker: number) {
    this.#milliseconds = phases.subarray(worker * PHASE_STRIDE, (worker + 1) * PHASE_STRIDE);
  }

  /** The first phase begins now. */
  start(): void {
    this.#last = performance.now();
  }

  /** Adds the time since the last lap, or the start, to a phase. Returns now, in milliseconds. */
  lap(phase: Phase): number {
    const now = performance.now();
    this.#milliseconds[PHASES.indexOf(phase)]! += now - this.#last;
    this.#last = now;
    return now;
  }

  /** The same operations, with a lap after the last of each phase. */
  measured(bound: readonly { operation: Operation; run: Run }[]): Run[] {
    return bound.flatMap(({ operation, run }, i) => {
      const phase = phaseOf(operation);
      const next = bound[i + 1];
      return next && phaseOf(next.operation) === phase ? [run] : [run, () => this.lap(phase)];
    });
  }
}
