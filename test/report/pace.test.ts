import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/report/pace.js';

/** Reports every 0.1 s of steps: so many rows a second, for so long, each of them after `pause` seconds more. */
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
  it('is of now, whatever it was before', () => {
    const { pace, go } = makeRun();
    go(1000, 600);
    expect(pace.rate).toBeCloseTo(1000, 6);
    go(100, 2);
    // 1/e of the old is left.
    expect(pace.rate).toBeCloseTo(100 + 900 / Math.E, 6);
    go(100, 10);
    expect(pace.rate).toBeGreaterThan(100);
    expect(pace.rate).toBeLessThan(105);
  });

  it('is that of the first two reports as soon as there are two, and none before', () => {
    const { pace, go } = makeRun();
    expect([pace.rate, pace.secondsFor(10)]).toEqual([Number.NaN, Number.NaN]);
    go(70, 0.1);
    expect(pace.rate).toBeCloseTo(70, 9);
  });

  it('of work that was lost and is done again counts what is done', () => {
    const { pace, go } = makeRun();
    go(1000, 3);
    pace.note({ samples: 2000, seconds: 2 });
    expect(pace.rate).toBeCloseTo(1000, 6);
    pace.note({ samples: 2100, seconds: 2.1 });
    expect(pace.rate).toBeCloseTo(1000, 6);
    expect(pace.secondsFor(1000)).toBeCloseTo(1, 6);
  });
});

describe('the time left', () => {
  it('after a resume knows nothing of how fast it went before', () => {
    const { pace, go } = makeRun({ samples: 1e9, seconds: 10 });
    go(500, 1);
    expect(pace.rate).toBeCloseTo(500, 6);
    expect(pace.secondsFor(5000)).toBeCloseTo(10, 6);
  });

  it('is longer by what passes between steps', () => {
    const { pace, go } = makeRun();
    go(1000, 5, 0.05);
    expect(pace.rate).toBeCloseTo(1000, 6);
    expect(pace.secondsFor(3000)).toBeCloseTo(4.5, 6);
  });
});
