/** Transforms of targets. */
import { describe, expect, it } from 'vitest';
import { fitTransform } from '../../../src/data/table/fit-transform.js';
import { normalScore } from '../../../src/data/table/normal-score.js';
import { allRows } from '../../../src/data/table/selection.js';
import { transformed, untransformed } from '../../../src/data/table/target-transform.js';
import { Random } from '../../../src/random.js';

/** statistics.NormalDist().inv_cdf of Python 3. */
const SCORES = [
  [0.0005, -3.2905267314918945],
  [0.01, -2.3263478740408408],
  [0.0749, -1.4402382675279632],
  [0.0751, -1.4388253927525398],
  [0.3, -0.5244005127080407],
  [0.5, 0],
  [0.93, 1.4757910281791708],
  [0.9995, 3.2905267314919255],
] as const;

it.each(SCORES)('has the normal score of %d', (p, z) => {
  expect(normalScore(p)).toBeCloseTo(z, 12);
});

const random = new Random(3, 'probe');
const PLACE = { source: 'a.csv', column: 'y' };

function fitted(kind: 'log' | 'quantile', values: number[]) {
  const numbers = {
    length: values.length,
    read: (into: { [i: number]: number }, from: number, to: number) => {
      for (let i = from; i < to; i++) into[i - from] = values[i]!;
    },
  };
  return fitTransform(kind, numbers as never, allRows(values.length), PLACE);
}

const heavy = Array.from({ length: 3000 }, (_, i) => Math.round(1e4 * Math.exp(2 * random.normal(i))) / 100);

describe.each(['log', 'quantile'] as const)('%s', kind => {
  it.each([heavy, [0, ...heavy.slice(0, 50)], [1, 2], [5, 5, 5, 1e30], heavy.slice(0, 7)])(
    'returns to the values that it was fitted to',
    (...values) => {
      const transform = fitted(kind, values);
      for (const v of values) {
        const back = untransformed(transformed(v, transform), transform);
        expect(Math.abs(back - v)).toBeLessThan(1e-12 * Math.max(1, Math.abs(v)));
      }
    },
  );

  it('rises with the value', () => {
    const transform = fitted(kind, heavy);
    const sorted = [...new Set(heavy)].sort((a, b) => a - b).map(v => transformed(v, transform));
    expect(sorted.every((t, i) => i === 0 || t > sorted[i - 1]!)).toBe(true);
  });
});

it('makes normal scores of any values, and stays within them', () => {
  const values = heavy.map((v, i) => (i % 2 === 0 ? -v : v));
  const transform = fitted('quantile', values);
  const ts = values.map(v => transformed(v, transform));
  const mean = ts.reduce((sum, t) => sum + t, 0) / ts.length;
  const variance = ts.reduce((sum, t) => sum + (t - mean) * (t - mean), 0) / ts.length;
  expect(mean).toBeCloseTo(0, 2);
  expect(variance).toBeCloseTo(1, 1);
  const most = values.reduce((a, b) => Math.max(a, b));
  expect(untransformed(99, transform)).toBe(most);
  expect(transformed(2 * most, transform)).toBe(transformed(most, transform));
});

it('does not depend on the unit', () => {
  const [one, other] = [
    fitted('log', heavy),
    fitted(
      'log',
      heavy.map(v => v * 1024),
    ),
  ];
  for (const v of heavy.slice(0, 20)) expect(transformed(v * 1024, other)).toBe(transformed(v, one));
});

it('refuses what has no logarithm, and a single value', () => {
  expect(() => fitted('log', [3, 2, -1])).toThrow(/row 3, column "y": expected 0 or more.*got "-1"/);
  expect(() => fitted('log', [0, 0])).toThrow(/expected different values/);
  expect(() => fitted('quantile', [4, 4, 4])).toThrow(/expected different values/);
});
