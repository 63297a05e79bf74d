/** How long a thread has waited, without the time in which its process was stopped: that says nothing about the others. */

/** Milliseconds between two looks that count at most. On a busy machine there may be tenths of a second between them. */
const LONGEST_GAP = 1000;

export class WaitedTime {
  readonly #now: () => number;
  #last: number;
  #waited = 0;

  /** @param now the time in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#last = now();
  }

  /** Milliseconds waited so far; called at each look. */
  look(): number {
    const now = this.#now();
    this.#waited += Math.min(now - this.#last, LONGEST_GAP);
    this.#last = now;
    return this.#waited;
  }
}
