/** What disturbed a measurement, and where its threads ran, from texts of /proc. */
import { describe, expect, it } from 'vitest';
import { disturbanceOf, loadBetween, parseProcessorTimes } from '../../../src/lab/machine/load.js';
import { parseProcessor, ThreadWatch } from '../../../src/lab/machine/threads.js';

const stat = (ticks: string, running: number) =>
  `cpu  ${ticks}\ncpu0 1 1 1 1 1 1 1 1 1 1\nctxt 5\nprocs_running ${running}\nprocs_blocked 0\n`;
// user nice system idle waiting interrupts soft stolen guest
const BEFORE = parseProcessorTimes(stat('1000 100 200 5000 50 10 20 30 7 0', 3));
const AFTER = parseProcessorTimes(stat('1500 100 280 5400 60 10 20 40 9 0', 9));

describe('the load of a measurement', () => {
  it('is stolen time, and the time of other processes beyond that of its own', () => {
    // 500 user + 80 system ticks of 1,000; 5.2 s are its own, and two ticks are uncertain.
    const load = loadBetween(BEFORE, AFTER, 5.2);
    expect(load).toEqual({ stolen: 0.01, others: 0.058, runningBefore: 3, runningAfter: 9 });
    expect(disturbanceOf(load)).toBe(0.058);
  });

  it('is only stolen time if other processes belong to the measurement', () => {
    expect(loadBetween(BEFORE, AFTER, null)).toMatchObject({ stolen: 0.01, others: null });
  });

  it.each([
    ['there is no /proc', null],
    ['the text is another', 'intr 1 2 3\n'],
    ['the kernel has no stolen time', stat('1 2 3 4', 1)],
  ])('is not known if %s', (_, text) => {
    expect(loadBetween(parseProcessorTimes(text), AFTER, 1)).toBeNull();
    expect(disturbanceOf(null)).toBe(0);
  });

  it('is not known if no time has passed', () => {
    expect(loadBetween(BEFORE, BEFORE, 1)).toBeNull();
  });
});

/** proc_pid_stat(5) with user and system ticks, and the processor, of a thread with an awkward name. */
const thread = (user: number, system: number, processor: number) =>
  `17 (a b) R (c) R 1 1 1 0 -1 4194304 131 0 0 0 ${user} ${system} 0 0 20 0 1 0 126 31 415 18 0 0 0 0 0 0 0 0 0 0 0 0 17 ${processor} 0 0 0 0 0\n`;

describe('where threads ran', () => {
  it('is field 39, beside the ticks of fields 14 and 15', () => {
    expect(parseProcessor(thread(7, 2, 5))).toEqual({ ticks: 9, processor: 5 });
    expect(parseProcessor('17 (short) R 1')).toBeNull();
    expect(parseProcessor(null)).toBeNull();
  });

  it('counts looks at busy threads, and moves', () => {
    const watch = new ThreadWatch();
    const seen = (ticks: number, processor: number) => ({ ticks, processor });
    const looks = [
      [0, 4],
      [5, 4],
      [10, 4],
      [15, 1],
      [20, 4],
    ] as const;
    // Thread 2 does nothing, thread 3 only once.
    looks.forEach(([ticks, processor], i) => {
      watch.note(
        new Map([
          [1, seen(ticks, processor)],
          [2, seen(3, 0)],
          [3, seen(Math.min(i, 1), 1)],
        ]),
      );
    });
    expect(watch.places).toEqual([
      {
        processors: [
          { processor: 4, times: 3 },
          { processor: 1, times: 1 },
        ],
        moves: 2,
      },
    ]);
  });
});
