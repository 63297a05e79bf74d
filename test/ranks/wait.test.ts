import { describe, expect, it } from 'vitest';
import { MessageWaits } from '../../src/ranks/wait.js';
import { WaitedTime } from '../../src/ranks/waited-time.js';

/**
 * Waits with ten looks for messages that arrive after so many looks, on a clock that only yields move. Counts all.
 * @param yieldMilliseconds how long a yield takes
 */
function waitsOf(yieldMilliseconds = 0.01) {
  const seen = { looks: 0, yields: 0, naps: 0 };
  let arrivesAfter = 0;
  const means = {
    looks: 10,
    yieldCore: () => seen.yields++,
    now: () => seen.yields * yieldMilliseconds,
  };
  const waits = new MessageWaits({ isDone: () => seen.looks++ >= arrivesAfter }, means);
  return {
    seen,
    wait(looks: number) {
      Object.assign(seen, { looks: 0, yields: 0, naps: 0 });
      arrivesAfter = looks;
      waits.untilDone(naps => {
        seen.naps = naps;
      });
      return seen;
    },
  };
}

describe('waits for messages', () => {
  it('only look for messages that arrive soon', () => {
    expect(waitsOf().wait(9)).toEqual({ looks: 10, yields: 0, naps: 0 });
  });

  it('yield to a rank on the same core, without a nap', () => {
    expect(waitsOf().wait(100)).toEqual({ looks: 101, yields: 90, naps: 0 });
  });

  it('nap when messages take long', () => {
    const { yields, naps } = waitsOf().wait(600);
    expect(yields).toBe(500);
    expect(naps).toBeGreaterThan(50);
  });

  it('nap without yields for a while after another program has taken the core', () => {
    const waits = waitsOf(4);
    const yields = Array.from({ length: 19 }, () => waits.wait(12).yields);
    expect(yields).toEqual([1, ...Array.from({ length: 16 }, () => 0), 1, 0]);
  });

  it('end with the error of the caller, whatever they are at', () => {
    for (const limit of [5, 15, 1000]) {
      let calls = 0;
      const waits = new MessageWaits({ isDone: () => false }, { looks: 10, yieldCore: () => {} });
      const giveUp = (naps: number) => {
        if (++calls === limit || naps > 0) throw new Error('given up');
      };
      expect(() => waits.untilDone(giveUp)).toThrow('given up');
    }
  });

  it('count the time of naps, but not that in which the process was stopped', () => {
    let looks = 0;
    // The looks of the naps are 100 ms apart, and an hour after the third.
    const now = () => 100 * looks + (looks > 3 ? 3_600_000 : 0);
    const waits = new MessageWaits({ isDone: () => looks++ >= 6 }, { looks: 0, yieldCore: () => {}, now });
    const seen: number[] = [];
    waits.untilDone((_, waited) => seen.push(waited));
    expect(seen.at(-1)).toBeGreaterThan(1000);
    expect(seen.at(-1)).toBeLessThan(2000);
  });
});

it('the time waited counts a gap of more than a second as one', () => {
  const times = [0, 400, 1000, 50_000, 50_900];
  const time = new WaitedTime(() => times.shift()!);
  expect([time.look(), time.look(), time.look(), time.look()]).toEqual([400, 1000, 2000, 2900]);
});
