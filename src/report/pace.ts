/**
 * How fast a training is now, and how long it will take to its end, from its reports as they come. What was done before
 * the first of them, by an earlier process or in warming up, has no part in it.
 */

/** What a report tells of a training's progress. */
export interface Mark {
  /** Rows since the start. */
  samples: number;
  /** Of steps alone, since the start. */
  seconds: number;
}

/** How long ago a step counts 1/e of one that was just done, in seconds of steps. */
const MEMORY_SECONDS = 2;

export class Pace {
  readonly #clock: () => number;
  /** The first report, or the first after work was lost. */
  #first = { seconds: 0, at: 0 };
  #last: Mark | null = null;
  /** Rows, and the seconds of steps that they took, those of before the less the longer ago. */
  #rows = 0;
  #seconds = 0;
  /** Seconds that pass for each of steps: more than 1 by what judging and writing take. */
  #cost = 1;

  /** @param clock seconds that pass, from any beginning */
  constructor(clock: () => number = () => performance.now() / 1000) {
    this.#clock = clock;
  }

  /** Takes a report. One that lies before the last, as work was lost and is done again, is where it goes on from. */
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

  /** Rows a second of steps, now; NaN before there are two reports. */
  get rate(): number {
    return this.#rows / this.#seconds;
  }

  /** Seconds for so many more rows, with all that is done between steps; NaN before there are two reports. */
  secondsFor(rows: number): number {
    return (rows / this.rate) * this.#cost;
  }
}
