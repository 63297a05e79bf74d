/** Statistics of repeats, speedups and their errors. */
import { describe, expect, it } from 'vitest';
import { orderInterval, summarizeRepeats } from '../../../../src/lab/scale/laws/repeats.js';
import { strongSerialFraction, weakSerialFraction } from '../../../../src/lab/scale/laws/serial-fraction.js';
import { strongSpeedup, weakSpeedup } from '../../../../src/lab/scale/laws/speedup.js';
import { studentQuantile } from '../../../../src/lab/scale/laws/student.js';
import { Random } from '../../../../src/random.js';
import { LAWS } from './oracle.js';

/** A median with a standard error, from six repeats. */
function time(middle: number, standardError: number | null) {
  const count = standardError === null ? 1 : 6;
  return { count, median: middle, mad: 0, standardError, low: middle, high: middle, coverage: 0 };
}

describe('repeats', () => {
  it.each([
    [[3], { count: 1, median: 3, mad: 0, standardError: null, low: 3, high: 3, coverage: 0 }],
    [[5, 1, 3], { count: 3, median: 3, mad: 2, low: 1, high: 5, coverage: 0.75 }],
    [[2, 2, 2, 2, 2, 2], { median: 2, mad: 0, standardError: 0, low: 2, high: 2, coverage: 0.96875 }],
    [[9, 1, 2, 3, 4, 5, 6, 7, 8], { median: 5, mad: 2, low: 2, high: 8 }],
  ])('%j', (values, expected) => {
    expect(summarizeRepeats(values)).toMatchObject(expected);
  });

  it.each(LAWS.orderCoverage)(
    '$count values: ranks from $rank cover $coverage',
    ({ count, rank, coverage }) => {
      const interval = orderInterval(count);
      expect(interval.rank).toBe(rank);
      expect(interval.coverage).toBeCloseTo(coverage, 12);
    },
  );

  it('have the theoretical standard error of the median of many normal values: √(π/2) σ/√n', () => {
    const random = new Random(1, 'probe');
    const sample = Array.from({ length: 400 }, (_, i) => random.normal(i));
    const { standardError } = summarizeRepeats(sample);
    // A tolerance of a quarter, for the sample's deviation from normal around its median.
    expect(standardError! / (Math.sqrt(Math.PI / 2) / 20)).toBeGreaterThan(0.75);
    expect(standardError! / (Math.sqrt(Math.PI / 2) / 20)).toBeLessThan(1.25);
    expect(summarizeRepeats(sample.reverse())).toEqual(summarizeRepeats(sample));
  });
});

it.each(LAWS.student)('t($confidence, $degreesOfFreedom) = $t', ({ confidence, degreesOfFreedom, t }) => {
  // SciPy's inverse is accurate to a few 1e-9.
  expect(studentQuantile(confidence, degreesOfFreedom) / t).toBeCloseTo(1, 8);
});

describe('speedup', () => {
  it('combines the errors of both times for the same batch', () => {
    const { speedup, efficiency, karpFlatt } = strongSpeedup(time(1, 0.03), time(0.4, 0.016), 4);
    expect(speedup.value).toBeCloseTo(2.5, 12);
    // 3 % and 4 % combine to 5 %.
    expect(speedup.standardError).toBeCloseTo(0.125, 12);
    expect(efficiency.value).toBeCloseTo(0.625, 12);
    expect(efficiency.standardError).toBeCloseTo(0.03125, 12);
    expect(karpFlatt!.value).toBeCloseTo(0.2, 12);
    // 0.4 · 5 % / (1 − 1/4)
    expect(karpFlatt!.standardError).toBeCloseTo(0.02 / 0.75, 12);
    const reach = studentQuantile(0.95, 10) * 0.125;
    expect([speedup.low, speedup.high]).toEqual([speedup.value - reach, speedup.value + reach]);
  });

  it('is computed for a proportional batch', () => {
    const { speedup, efficiency, karpFlatt } = weakSpeedup(time(1, 0.03), time(1.25, 0.05), 4);
    expect(efficiency.value).toBeCloseTo(0.8, 12);
    expect(speedup.value).toBeCloseTo(3.2, 12);
    expect(speedup.standardError).toBeCloseTo(0.16, 12);
    expect(karpFlatt!.value).toBeCloseTo(0.8 / 3, 12);
  });

  it.each([strongSpeedup, weakSpeedup])(
    'of one worker has no Karp–Flatt metric, of one repeat no error',
    speedup => {
      expect(speedup(time(1, 0), time(1, 0), 1).karpFlatt).toBeNull();
      const single = speedup(time(1, null), time(0.5, null), 2);
      expect(single.karpFlatt!.standardError).toBeNull();
      expect([single.speedup.low, single.speedup.high]).toEqual([single.speedup.value, single.speedup.value]);
    },
  );
});

it('splits Karp and Flatt’s serial fraction into two parts', () => {
  const serial = { gather: 0.1, forward: 0.3, backward: 0.5, update: 0.1, waiting: 0 };
  const phases = { gather: 0.03, forward: 0.08, backward: 0.13, update: 0.06, waiting: 0.05 };
  const strong = strongSerialFraction(serial, phases, 4);
  const { karpFlatt } = strongSpeedup(time(1, 0), time(0.35, 0), 4);
  expect(strong.waiting).toBeCloseTo((0.05 * 4) / 3, 12);
  expect(strong.waiting + strong.extraWork).toBeCloseTo(karpFlatt!.value, 12);

  const larger = { gather: 0.1, forward: 0.3, backward: 0.5, update: 0.2, waiting: 0.15 };
  const weak = weakSerialFraction(serial, larger, 4);
  const { karpFlatt: gustafson } = weakSpeedup(time(1, 0), time(1.25, 0), 4);
  expect(weak.waiting + weak.extraWork).toBeCloseTo(gustafson!.value, 12);
});
