import { expect, test } from 'vitest';
import { meanRatio, ratioOf, summarize, type Trial } from '../../../bench/peers/statistics.js';

const CELL = { layers: [4, 2], batchSize: 10 } as Parameters<typeof summarize>[0];

/** Measurements of one way: its speeds in rows per second, from round 0 on. */
function trialsOf(contestant: string, way: string, speeds: (number | null)[]): Trial[] {
  return speeds.flatMap((speed, round) =>
    speed === null ? [] : [{ contestant, way, round, steps: speed, seconds: CELL.batchSize }],
  );
}

test('the way with the highest median counts', () => {
  const trials = [
    ...trialsOf('ours', 'default', [100, 100, 100]),
    ...trialsOf('torch', 'a', [50, 40, 41]),
    ...trialsOf('torch', 'b', [45, 45, 45]),
  ];
  const figure = summarize(CELL, trials, 'torch', 'ours')!;
  expect(figure).toMatchObject({ way: 'b', speed: 45 });
  expect(ratioOf(figure).value).toBeCloseTo(100 / 45, 12);
});

test('a way that was left out after the first round does not win by it', () => {
  const trials = [
    ...trialsOf('ours', 'default', [100, 100, 100]),
    ...trialsOf('torch', 'lucky', [60]),
    ...trialsOf('torch', 'steady', [50, 50, 50]),
  ];
  expect(summarize(CELL, trials, 'torch', 'ours')).toMatchObject({ way: 'steady', speed: 50 });
});

test('the warm-up is no measurement', () => {
  const warm: Trial = { contestant: 'torch', way: 'a', round: -1, steps: 1000, seconds: 1 };
  expect(summarize(CELL, [warm], 'torch', 'ours')).toBeNull();
});

test('only rounds in which both were measured are compared', () => {
  const trials = [...trialsOf('ours', 'default', [100, null, 300]), ...trialsOf('torch', 'a', [50, 1, 100])];
  const figure = summarize(CELL, trials, 'torch', 'ours')!;
  expect(figure.pairs).toEqual([
    [100, 50],
    [300, 100],
  ]);
});

test('the interval holds the ratio, and is that of rounds drawn again', () => {
  const pairs: [number, number][] = [10, 11, 12, 13, 14].map(ours => [ours, 10]);
  const { value, interval } = ratioOf({ way: 'a', speed: 10, pairs });
  expect(value).toBeCloseTo(1.2, 12);
  // The median of five draws is the lowest of the values with a probability of 0.058, and so the highest.
  expect(interval).toEqual([1, 1.4]);
});

test('rounds that agree leave no doubt, and one round leaves all', () => {
  const same: [number, number][] = [
    [20, 10],
    [20, 10],
  ];
  expect(ratioOf({ way: 'a', speed: 10, pairs: same })).toEqual({ value: 2, interval: [2, 2] });
  expect(ratioOf({ way: 'a', speed: 10, pairs: same.slice(1) }).interval).toBeNull();
});

test('the mean of ratios is the geometric one', () => {
  const figure = (ratio: number) => ({
    ...{ way: 'a', speed: 1 },
    pairs: [
      [ratio, 1],
      [ratio, 1],
    ] as [number, number][],
  });
  const { value, interval } = meanRatio([figure(2), figure(8)]);
  expect(value).toBeCloseTo(4, 12);
  expect(interval!.map(bound => Number(bound.toFixed(12)))).toEqual([4, 4]);
});
