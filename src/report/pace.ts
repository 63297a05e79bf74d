/**
 * Estimates the current speed and the remaining time of a training from its reports. Work done before the
 * first report, by an earlier process or as warm-up, does not count.
 */

/** Progress of a training at one report. */
interface Mark {
  /** Rows since the start. */
  samples: number;
  /** Seconds spent in steps since the start. */
  seconds: number;
}

/**
 * Time constant of the exponential average, in seconds spent in steps: a step this old counts 1/e of the
 * newest.
 */
const MEMORY_SECONDS = 2;

export class Pace {
  readonly #clock: () => number;
  /** The first report, or the first one after work was lost. */
  #first = { seconds: 0, at: 0 };
  #last: Mark | null = null;
  /** Rows, and the seconds spent on them, with older ones discounted exponentially. */
  #rows = 0;
  #seconds = 0;
  /** Elapsed seconds for each second spent in steps; above 1 because of evaluation and writing. */
  #cost = 1;

  /** @param clock elapsed seconds since an arbitrary origin */
  constructor(clock: () => number = () => performance.now() / 1000) {
    this.#clock = clock;
  }

  /**
   * Takes a report. If it is earlier than the last one, work was lost and is being repeated, so the estimate
   * restarts from it.
   */
  note({ samples, seconds }: Mark): void {
    const at = this.#clock();
    const last = this.#last;
    this.#last = { samples, seconds };
    if (last === null || seconds < last.seconds) this.#first = { seconds, at };
    if (last === null || !(seconds > last.seconds)) return;
    const taken = seconds - last.seconds;
    const kept = Math.exp(-taken / MEMORY_SECONDS);
    this.#rows = kept * this.#rows + samples - last.samples;
    this.#seconds = kept * this.#seconds + taken;
    this.#cost = Math.max(1, (at - this.#first.at) / (seconds - this.#first.seconds));
  }

  /** Seconds spent in steps since the first report. */
  get measured(): number {
    return this.#last === null ? 0 : this.#last.seconds - this.#first.seconds;
  }

  /** Current rows for each second spent in steps; NaN before the second report. */
  get rate(): number {
    return this.#rows / this.#seconds;
  }

  /**
   * Estimated elapsed seconds for the given number of rows, including work between steps; NaN before the
   * second report.
   */
  secondsFor(rows: number): number {
    return (rows / this.rate) * this.#cost;
  }
}
