/** Runs the search in a thread, and watches it: an input on which it hangs or ends is a finding too. */
import { Worker } from 'node:worker_threads';
import { MOST_BYTES } from './mutate.js';
import type { Finding, SearchMessage, SearchSetup } from './search.js';

/** A run takes less than a millisecond, so one that takes this long hangs. */
const HANG_MILLISECONDS = 10_000;

export interface Searched {
  /** Executions of the parser. */
  runs: number;
  kept: number;
  /** Statements, branches and functions. */
  reached: number;
}

/**
 * Searches until the time is over, or `onFinding` returns false. Resolves with what was done; null if the search did not get to
 * its end.
 */
export function search(
  setup: Omit<SearchSetup, 'shared'>,
  onFinding: (finding: Finding) => boolean,
): Promise<Searched | null> {
  const shared = new SharedArrayBuffer(8 + MOST_BYTES);
  const worker = new Worker(new URL('./search.js', import.meta.url), {
    workerData: { ...setup, shared } satisfies SearchSetup,
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  let searched: Searched | null = null;
  let runs = 0;
  let lastChange = performance.now();

  const take = (finding: Finding) => {
    if (!onFinding(finding)) void worker.terminate();
  };
  /** The input that the thread is processing. */
  const takeUnderWay = (message: string) => {
    const [, length] = new Int32Array(shared, 0, 2);
    take({ message, stack: '', input: new Uint8Array(shared, 8, length).slice() });
  };
  const watch = setInterval(() => {
    const now = Atomics.load(new Int32Array(shared, 0, 1), 0);
    if (now !== runs) lastChange = performance.now();
    runs = now;
    if (performance.now() - lastChange < HANG_MILLISECONDS || runs === 0) return;
    takeUnderWay(`hangs: not done after ${HANG_MILLISECONDS / 1000} s`);
    void worker.terminate();
  }, 500);
  worker.on('message', (message: SearchMessage) => {
    if ('finding' in message) take(message.finding);
    else searched = message.done;
  });
  worker.on('error', error => takeUnderWay(`ended the thread: ${error.message}`));
  return new Promise(resolve => {
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(searched);
    });
  });
}
