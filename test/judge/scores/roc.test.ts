import { expect, it } from 'vitest';
import { areaUnderRoc } from '../../../src/judge/scores/probabilities.js';
import { type RocPoint, rocCurve } from '../../../src/judge/scores/roc.js';
import { Random } from '../../../src/random.js';

const areaOf = (points: readonly RocPoint[]) =>
  points.slice(1).reduce((sum, { x, y }, i) => sum + ((x - points[i]!.x) * (y + points[i]!.y)) / 2, 0);

it('has the points of scikit-learn 1.4 roc_curve without leaving any out', () => {
  const truth = [0, 0, 1, 1];
  const points = rocCurve(row => truth[row] === 1, Float64Array.of(0.1, 0.4, 0.35, 0.8));
  expect(points).toEqual([
    { x: 0, y: 0 },
    { x: 0, y: 0.5 },
    { x: 0.5, y: 0.5 },
    { x: 0.5, y: 1 },
    { x: 1, y: 1 },
  ]);
});

it('encloses the area that is counted by pairs, with ties and weights', () => {
  const random = new Random(3, 'probe');
  const truth = Uint8Array.from({ length: 150 }, (_, i) => Number(random.uniform(i) < 0.4));
  const p = Float64Array.from(
    truth,
    (one, i) => Math.round(20 * (random.uniform(500 + i) * 0.7 + 0.3 * one)) / 20,
  );
  const weights = Float64Array.from(truth, (_, i) => i % 4);
  for (const given of [undefined, weights]) {
    const points = rocCurve(row => truth[row] === 1, p, given)!;
    expect(areaOf(points)).toBeCloseTo(areaUnderRoc(truth, 1, p, 1, 0, given)!, 12);
  }
});

it('keeps a few hundred points of many, and the ends', () => {
  const random = new Random(4, 'probe');
  const p = Float64Array.from({ length: 20_000 }, (_, i) => random.uniform(i));
  const points = rocCurve(row => random.uniform(30_000 + row) < p[row]!, p)!;
  expect(points.length).toBeLessThan(210);
  expect([points[0], points.at(-1)]).toEqual([
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ]);
  // Of y = 1 with probability p, p uniform: 5/6.
  expect(areaOf(points)).toBeCloseTo(5 / 6, 2);
});

it('does not exist if all rows are of one class', () => {
  expect(rocCurve(() => true, Float64Array.of(0.5, 0.7))).toBeNull();
  expect(rocCurve(() => false, Float64Array.of(0.5, 0.7))).toBeNull();
});
