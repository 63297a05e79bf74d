/** The barrier with real threads: nobody passes early, nobody is left behind, poison lets all go. */
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Barrier } from '../../src/protocol/barrier.js';
import { STOP_AGREED, STOP_ASKED } from '../../src/protocol/control.js';

const ROUNDS = 2000;
const WORDS = 128;

/** Starts a thread that passes the barrier ROUNDS times and counts in its own word, checking the others'. */
function start(
  control: SharedArrayBuffer,
  counts: SharedArrayBuffer,
  me: number,
  parties: number,
  spins: number,
) {
  const barrier = new URL('../../src/protocol/barrier.js', import.meta.url).href;
  const source = `
    const { workerData } = require('node:worker_threads');
    const { control, counts, me, parties, spins, rounds } = workerData;
    import(${JSON.stringify(barrier)}).then(({ Barrier }) => {
      const barrier = new Barrier(new Int32Array(control), parties, spins);
      const mine = new Int32Array(counts);
      for (let round = 1; round <= rounds; round++) {
        mine[me * 16] = round;
        if (!barrier.arrive()) return;
        for (let i = 0; i < parties; i++) if (mine[i * 16] !== round) throw new Error('passed early');
        if (!barrier.arrive()) return;
      }
    });`;
  const worker = new Worker(source, {
    eval: true,
    workerData: { control, counts, me, parties, spins, rounds: ROUNDS },
  });
  return new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

describe('barrier', () => {
  it.each([
    [1, 0],
    [2, 0],
    [2, 20_000],
    [5, 0],
    [5, 100],
  ])('%d threads, %d spins: all pass each round together', async (parties, spins) => {
    const control = new SharedArrayBuffer(WORDS * 4);
    const counts = new SharedArrayBuffer(parties * 64);
    await Promise.all(Array.from({ length: parties }, (_, me) => start(control, counts, me, parties, spins)));
    const words = new Int32Array(counts);
    for (let i = 0; i < parties; i++) expect(words[i * 16]).toBe(ROUNDS);
  });

  it('lets the coordinator take part without blocking', async () => {
    const control = new SharedArrayBuffer(WORDS * 4);
    const counts = new SharedArrayBuffer(3 * 64);
    const threads = [start(control, counts, 0, 3, 100), start(control, counts, 1, 3, 100)];
    const barrier = new Barrier(new Int32Array(control), 3, 0);
    const words = new Int32Array(counts);
    for (let round = 1; round <= ROUNDS; round++) {
      words[2 * 16] = round;
      expect(await barrier.arriveAsync()).toBe(true);
      expect([words[0], words[16]]).toEqual([round, round]);
      expect(await barrier.arriveAsync()).toBe(true);
    }
    await Promise.all(threads);
  });

  it('lets all go once it is poisoned, those who come later too', async () => {
    const control = new SharedArrayBuffer(WORDS * 4);
    const counts = new SharedArrayBuffer(3 * 64);
    const threads = [start(control, counts, 0, 3, 100), start(control, counts, 1, 3, 100)];
    const barrier = new Barrier(new Int32Array(control), 3, 0);
    new Int32Array(counts)[2 * 16] = 1;
    expect(await barrier.arriveAsync()).toBe(true);
    barrier.poison();
    await Promise.all(threads);
    expect(barrier.arrive()).toBe(false);
    expect(await barrier.arriveAsync()).toBe(false);
  });

  it('tells who leaves late that all had arrived, though it is poisoned by then', async () => {
    const control = new Int32Array(new SharedArrayBuffer(WORDS * 4));
    const [late, last] = [new Barrier(control, 2, 0), new Barrier(control, 2, 0)];
    const arrived = late.arriveAsync();
    expect(await last.arriveAsync()).toBe(true);
    // Twice, by whoever finds something wrong.
    last.poison();
    last.poison();
    expect(await arrived).toBe(true);
    expect(await late.arriveAsync()).toBe(false);
  });

  it('makes a wish to stop known to all who leave the same barrier', () => {
    const control = new Int32Array(new SharedArrayBuffer(WORDS * 4));
    const barrier = new Barrier(control, 1, 0);
    Atomics.store(control, STOP_ASKED, 1);
    expect(control[STOP_AGREED]).toBe(0);
    barrier.arrive();
    expect(control[STOP_AGREED]).toBe(1);
  });
});
