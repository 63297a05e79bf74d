import { expect, it } from 'vitest';
import { duration, interval } from '../../src/config/durations.js';

it.each([
  ['90s', 90],
  ['1.5m', 90],
  ['2h', 7200],
  ['.5s', 0.5],
  ['1e-7s', 1e-7],
])('%s is %f seconds', (text, seconds) => {
  expect(duration.read(text)).toBe(seconds);
  expect(duration.read(duration.write!(seconds))).toBe(seconds);
});

it.each(['90', '0s', 's', '-1s', '1d', '1e999h', '1s ', '', 90, null])('%j is not a time', raw => {
  expect(duration.read(raw)).toBeUndefined();
});

it.each([
  ['100', 100, 'steps'],
  ['1step', 1, 'steps'],
  ['100steps', 100, 'steps'],
  [250, 250, 'steps'],
  ['30s', 30, 'seconds'],
  ['10m', 600, 'seconds'],
  ['epoch', 1, 'epochs'],
] as const)('%s is every %f %s', (raw, every, unit) => {
  expect(interval.read(raw)).toEqual({ every, unit });
  expect(interval.read(interval.write!({ every, unit }))).toEqual({ every, unit });
});

it.each(['0', '-5', '1.5', '99999999999999999999', 'epochs', '0s', '', true, ['100'], 0])(
  '%j is not an interval',
  raw => {
    expect(interval.read(raw)).toBeUndefined();
  },
);
