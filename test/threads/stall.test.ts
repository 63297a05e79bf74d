/** When a segment counts as hanging, by a clock that the test controls. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Pulse, watchForStall } from '../../src/threads/stall.js';
import { CpuWaits } from '../../src/threads/system-threads.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const noWaits = { take: () => 0 };

/** Milliseconds until a hang was found, within 100,000, and the time that is reported. */
function foundAfter(pulseAt: (milliseconds: number) => Pulse, limit: number, waits = noWaits) {
  const begun = performance.now();
  let found: { after: number; named: number } | null = null;
  const endWatch = watchForStall(
    () => pulseAt(performance.now() - begun),
    limit,
    {
      onQuiet: () => {},
      onStall: named => {
        found = { after: performance.now() - begun, named };
      },
    },
    waits,
  );
  vi.advanceTimersByTime(100_000);
  endWatch();
  return found;
}

it('waits less long for threads to start than for long steps', () => {
  const still = { work: 0, begun: false };
  expect(foundAfter(() => still, 60_000)).toEqual({ after: 20_000, named: 20_000 });
  expect(foundAfter(() => still, 800)).toEqual({ after: 20_000, named: 20_000 });
});

it('gives each thread the same time to start', () => {
  const pulse = (at: number) => ({ work: Math.min(Math.floor(at / 15_000), 3), begun: at >= 45_000 });
  expect(foundAfter(pulse, 30_000)).toEqual({ after: 75_000, named: 30_000 });
});

it('waits for steps as long as the limit', () => {
  expect(foundAfter(() => ({ work: 7, begun: true }), 2000)).toEqual({ after: 2000, named: 2000 });
  expect(foundAfter(at => ({ work: Math.floor(at / 1900), begun: true }), 2000)).toBeNull();
});

it.each([5000, 1000])(
  'does not take a suspended process for a hanging worker, with a limit of %i ms',
  limit => {
    const onStall = vi.fn();
    const endWatch = watchForStall(
      () => ({ work: 0, begun: true }),
      limit,
      { onQuiet: () => {}, onStall },
      noWaits,
    );
    vi.advanceTimersByTime(limit / 2);
    const now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now + 3_600_000);
    vi.advanceTimersByTime(limit / 4);
    expect(onStall).not.toHaveBeenCalled();
    endWatch();
  },
);

it('tells of a quarter of the limit without progress, once', () => {
  const told: string[] = [];
  const endWatch = watchForStall(
    () => ({ work: 7, begun: true }),
    60_000,
    {
      onQuiet: milliseconds => told.push(`quiet ${milliseconds} at ${performance.now() - begun}`),
      onStall: milliseconds => told.push(`stall ${milliseconds}`),
    },
    noWaits,
  );
  const begun = performance.now();
  vi.advanceTimersByTime(100_000);
  endWatch();
  expect(told).toEqual(['quiet 15000 at 15000', 'stall 60000']);
});

it('counts time without a CPU little, but a thread that computes for ever is found', () => {
  const still = { work: 7, begun: true };
  // Of each check, after 100 ms, half or all were spent waiting for a CPU.
  expect(foundAfter(() => still, 800, { take: () => 50 })).toEqual({ after: 1600, named: 800 });
  expect(foundAfter(() => still, 800, { take: () => 100 })).toEqual({ after: 3200, named: 800 });
});

it('counts waits for a CPU from the first time it is asked, so that short segments cost nothing', () => {
  const waits = new CpuWaits();
  expect(waits.take()).toBe(0);
  expect(waits.take()).toBeGreaterThanOrEqual(0);
});
