/** Measures how long two threads take to wait for each other, while spinning and while sleeping. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Barrier } from '../src/protocol/barrier.js';
import { medianSeconds } from './median.js';

/** Words of the barrier, and beyond them the other thread's round count. */
const WORDS = 256;
const COUNT = 192;

/** Data passed to the second thread. */
export interface BarrierTask {
  control: Int32Array;
  spins: number;
  /** Index of the word that holds its round count. */
  count: number;
}

export async function run(): Promise<void> {
  console.log('two threads at the barrier    µs per round   rounds/s');
  for (const [name, spins, rounds] of [
    ['spinning 20,000 times', 20_000, 1000],
    ['sleeping at once', 0, 20],
  ] as const) {
    const seconds = (await timeRounds(spins, rounds)) / rounds;
    const perSecond = Math.round(1 / seconds).toLocaleString('en');
    console.log(name.padEnd(30), (seconds * 1e6).toFixed(2).padStart(11), perSecond.padStart(10));
  }
}

/** Median seconds of the given number of rounds. */
async function timeRounds(spins: number, rounds: number): Promise<number> {
  const control = new Int32Array(new SharedArrayBuffer(WORDS * 4));
  const barrier = new Barrier(control, 2, spins);
  const task: BarrierTask = { control, spins, count: COUNT };
  const other = new Worker(new URL('./barrier-thread.js', import.meta.url), { workerData: task });
  try {
    check(barrier, control);
    return await medianSeconds(() => {
      for (let i = 0; i < rounds; i++) barrier.arrive();
    });
  } finally {
    barrier.poison();
    await once(other, 'exit');
  }
}

/** Checks that both threads have counted each round. @throws Error if one is ahead or behind */
function check(barrier: Barrier, control: Int32Array): void {
  for (let round = 1; round <= 1000; round++) {
    if (!barrier.arrive()) throw new Error('the barrier is poisoned');
    // The other thread has left the barrier too, and may have started the next round, but cannot have
    // finished it.
    const others = Atomics.load(control, COUNT);
    if (others < round || others > round + 1)
      throw new Error(`round ${round}: the other thread is in ${others}`);
  }
}
