/** What it costs two threads to wait for each other: both looking all the time, and asleep between. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Barrier } from '../src/protocol/barrier.js';
import { medianSeconds } from './median.js';

/** The control words, and behind them the other thread's count of rounds. */
const WORDS = 256;
const COUNT = 192;

/** What the second thread is told. */
export interface BarrierTask {
  control: Int32Array;
  spins: number;
  /** The word that it counts its rounds in. */
  count: number;
}

export async function run(): Promise<void> {
  console.log('two threads at the barrier      µs a round   rounds/s');
  for (const [name, spins, rounds] of [
    ['looking 20,000 times', 20_000, 1000],
    ['asleep at once', 0, 20],
  ] as const) {
    const seconds = (await timeRounds(spins, rounds)) / rounds;
    const perSecond = Math.round(1 / seconds).toLocaleString('en');
    console.log(name.padEnd(30), (seconds * 1e6).toFixed(2).padStart(11), perSecond.padStart(10));
  }
}

/** Median seconds of so many rounds. */
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

/** After each round both have counted it. @throws Error where one ran ahead, or stayed behind */
function check(barrier: Barrier, control: Int32Array): void {
  for (let round = 1; round <= 1000; round++) {
    if (!barrier.arrive()) throw new Error('the barrier is poisoned');
    // The other has left the barrier too, and may have begun the next round, but cannot have ended it.
    const others = Atomics.load(control, COUNT);
    if (others < round || others > round + 1) throw new Error(`round ${round}: the other is in ${others}`);
  }
}
