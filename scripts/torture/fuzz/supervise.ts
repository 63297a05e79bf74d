/** Runs the search in a thread, and watches it: an input on which it hangs or ends is a finding too. */
import { Worker } from 'node:worker_threads';
import { MOST_BYTES } from './mutate.js';
import type { Finding, SearchMessage, SearchSetup } from './search.js';

/** A run takes milliseconds, so one that takes this much of the processor, or of the clock, hangs. */
const HANG_PROCESSOR_SECONDS = 10;
const HANG_SECONDS = 120;

export interface Searched {
  /** Executions of the parser. */
  runs: number;
  kept: number;
  /** Branches. */
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
  const begun = readClocks().processor;
  let lastChange = readClocks();

  const take = (finding: Finding) => {
    if (!onFinding(finding)) void worker.terminate();
  };
  /** The input that the thread is processing. */
  const takeUnderWay = (message: string) => {
    const [, length] = new Int32Array(shared, 0, 2);
    take({
      message,
      stack: '',
      input: new Uint8Array(shared, 8, length).slice(),
      runs,
      seconds: readClocks().processor - begun,
    });
  };
  const watch = setInterval(() => {
    const now = Atomics.load(new Int32Array(shared, 0, 1), 0);
    const clocks = readClocks();
    if (now !== runs) lastChange = clocks;
    runs = now;
    const [used, passed] = [clocks.processor - lastChange.processor, clocks.seconds - lastChange.seconds];
    if (runs === 0 || (used < HANG_PROCESSOR_SECONDS && passed < HANG_SECONDS)) return;
    takeUnderWay(
      `hangs: not done after ${used.toFixed(0)} s of the processor, ${passed.toFixed(0)} s in all`,
    );
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

function readClocks() {
  const { user, system } = process.cpuUsage();
  return { processor: (user + system) / 1e6, seconds: performance.now() / 1000 };
}
