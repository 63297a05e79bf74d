/**
 * Watches a segment for signs of life: where none has come for too long, a worker hangs. What is counted is the time
 * between looks, and no more for each than it was to take, so that a process that was put to sleep finds nothing amiss.
 */

/**
 * Time for the next thread to come up and begin. No step is under way then, so it doesn't matter how long steps take.
 */
const START_MILLISECONDS = 20_000;
const LONGEST_LOOK = 1000;
/** Looks in the shortest time: each says little, as a busy machine may have kept the workers from their cores. */
const LEAST_LOOKS = 4;

export interface Pulse {
  /** Changes with every step or other piece of work. */
  work: number;
  /** Whether every worker has begun. */
  begun: boolean;
}

/**
 * Calls onStall once where nothing has moved for so long, with the milliseconds. Returns how to end the watch.
 * @param limit milliseconds, where all have begun
 */
export function watchForStall(
  pulse: () => Pulse,
  limit: number,
  onStall: (milliseconds: number) => void,
): () => void {
  let { work } = pulse();
  let quiet = 0;
  let last = performance.now();
  const interval = Math.min(limit / LEAST_LOOKS, LONGEST_LOOK);
  const timer = setInterval(look, interval);
  return () => clearInterval(timer);

  function look() {
    const now = performance.now();
    const { work: found, begun } = pulse();
    quiet = found === work ? quiet + Math.min(now - last, interval) : 0;
    work = found;
    last = now;
    const longest = begun ? limit : START_MILLISECONDS;
    if (quiet < longest) return;
    clearInterval(timer);
    onStall(longest);
  }
}
