/** What each phase takes a worker, added up in the arena; read by the coordinator between segments. */
import { PHASE_STRIDE, PHASES, type Phase } from '../src/model/plan.js';

export class Clock {
  readonly #milliseconds: Float64Array;
  #last = 0;

  /** @param phases PHASE_STRIDE float64 a worker */
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
}
