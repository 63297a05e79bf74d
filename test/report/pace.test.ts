import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/report/pace.js';

/**
 * Reports after every 0.1 s of steps at the given rate and for the given time, with a `pause` in seconds
 * between them.
 */
function makeRun(begun = { samples: 0, seconds: 0 }) {
  let now = 1000;
  let { samples, seconds } = begun;
  const pace = new Pace(() => now);
  pace.note({ samples, seconds });
  const go = (rate: number, duration: number, pause = 0) => {
    for (let i = 0; i < Math.round(10 * duration); i++) {
      samples += rate / 10;
      seconds += 0.1;
      now += 0.1 + pause;
      pace.note({ samples, seconds });
    }
  };
  return { pace, go };
}

describe('the rate', () => {
  it('follows the current speed, whatever it was before', () => {
    const { pace, go } = makeRun();
    go(1000, 600);
    expect(pace.rate).toBeCloseTo(1000, 6);
    go(100, 2);
    // A share of 1/e of the old rate remains.
    expect(pace.rate).toBeCloseTo(100 + 900 / Math.E, 6);
    go(100, 10);
    expect(pace.rate).toBeGreaterThan(100);
    expect(pace.rate).toBeLessThan(105);
  });

  it('is NaN before the second report', () => {
    const { pace, go } = makeRun();
    expect([pace.rate, pace.secondsFor(10)]).toEqual([Number.NaN, Number.NaN]);
    go(70, 0.1);
    expect(pace.rate).toBeCloseTo(70, 9);
  });

  it('counts work that is repeated after a loss', () => {
    const { pace, go } = makeRun();
    go(1000, 3);
    pace.note({ samples: 2000, seconds: 2 });
    expect(pace.rate).toBeCloseTo(1000, 6);
    pace.note({ samples: 2100, seconds: 2.1 });
    expect(pace.rate).toBeCloseTo(1000, 6);
    expect(pace.secondsFor(1000)).toBeCloseTo(1, 6);
  });
});

describe('the remaining time', () => {
  it('ignores the speed before a resume', () => {
    const { pace, go } = makeRun({ samples: 1e9, seconds: 10 });
    go(500, 1);
    expect(pace.rate).toBeCloseTo(500, 6);
    expect(pace.secondsFor(5000)).toBeCloseTo(10, 6);
  });

  it('includes the time between steps', () => {
    const { pace, go } = makeRun();
    go(1000, 5, 0.05);
    expect(pace.rate).toBeCloseTo(1000, 6);
    expect(pace.secondsFor(3000)).toBeCloseTo(4.5, 6);
  });
});
