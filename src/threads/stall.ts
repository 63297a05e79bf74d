/**
 * Watches a segment for signs of life: if there is none for too long, a worker hangs. Each check adds the time since the
 * last one, at most the interval between checks, so that a process that was suspended does not count as hanging. Time in which a
 * thread was ready but got no CPU counts little, so that one on an overloaded machine does not either.
 */
import { CpuWaits } from './system-threads.js';

/** Time for the next thread to start. It does not depend on how long steps take, as none is running yet. */
const START_MILLISECONDS = 20_000;
const LONGEST_INTERVAL = 1000;
/** Fewest checks within the limit: one alone says little, as a busy machine may have given the workers no CPU time. */
const LEAST_CHECKS = 8;
/** Least share of the time that counts, so that a thread that computes for ever is found on an overloaded machine too. */
const LEAST_COUNTED = 1 / 4;
/** Share of the limit after which a segment without progress is described, while its threads are as they are. */
const QUIET_SHARE = 1 / 4;

export interface Pulse {
  /** Changes with every step or other piece of work. */
  work: number;
  /** Whether every worker has started. */
  begun: boolean;
}

/** What is called when there is no progress, with the milliseconds for which there was none. */
export interface Alarms {
  /** After a quarter of the time that counts as a hang; again only if there was progress since. */
  onQuiet(milliseconds: number): void;
  /** Once: the watch ends. */
  onStall(milliseconds: number): void;
}

/**
 * Watches for progress. Returns a function that ends the watch.
 * @param limit milliseconds, once all workers have started
 * @param waits for a CPU, by the threads of this process
 */
export function watchForStall(
  pulse: () => Pulse,
  limit: number,
  { onQuiet, onStall }: Alarms,
  waits: Pick<CpuWaits, 'take'> = new CpuWaits(),
): () => void {
  let { work } = pulse();
  let quiet = 0;
  let isQuiet = false;
  let last = performance.now();
  const interval = Math.min(limit / LEAST_CHECKS, LONGEST_INTERVAL);
  const timer = setInterval(check, interval);
  return () => clearInterval(timer);

  function check() {
    const now = performance.now();
    const { work: found, begun } = pulse();
    const passed = Math.min(now - last, interval);
    const counted = Math.max(LEAST_COUNTED * passed, passed - waits.take());
    quiet = found === work ? quiet + counted : 0;
    work = found;
    last = now;
    const longest = begun ? limit : START_MILLISECONDS;
    const wasQuiet = isQuiet;
    isQuiet = quiet >= QUIET_SHARE * longest;
    if (isQuiet && !wasQuiet) onQuiet(QUIET_SHARE * longest);
    if (quiet < longest) return;
    clearInterval(timer);
    onStall(longest);
  }
}
