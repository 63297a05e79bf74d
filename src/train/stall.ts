/**
 * Watches a segment for signs of life: where none has come for too long, a worker hangs. What is counted is the time
 * between looks, and no more than a second for each, so that a process that was put to sleep finds nothing amiss.
 */

/** Time for the threads to come up, in which there is no sign of life from each yet. */
const START_MILLISECONDS = 10_000;
const LONGEST_LOOK = 1000;

export interface Pulse {
  /** Changes with every step or other piece of work. */
  work: number;
  /** Whether every worker has begun. */
  begun: boolean;
}

/** Calls onStall once where nothing has moved for so long. Returns how to end the watch. */
export function watchForStall(pulse: () => Pulse, limit: number, onStall: () => void): () => void {
  let { work } = pulse();
  let quiet = 0;
  let last = performance.now();
  const timer = setInterval(look, Math.min(limit / 4, LONGEST_LOOK));
  return () => clearInterval(timer);

  function look() {
    const now = performance.now();
    const { work: found, begun } = pulse();
    quiet = found === work ? quiet + Math.min(now - last, LONGEST_LOOK) : 0;
    work = found;
    last = now;
    if (quiet < (begun ? limit : Math.max(limit, START_MILLISECONDS))) return;
    clearInterval(timer);
    onStall();
  }
}
