import { expect, it } from 'vitest';
import { duration, interval, parseDuration, parseInterval } from '../../src/config/durations.js';

it.each([
  ['90s', 90],
  ['1.5m', 90],
  ['2h', 7200],
  ['.5s', 0.5],
])('%s is %f seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(duration.read(text)).toBe(text);
});

it.each(['90', '0s', 's', '-1s', '1d', '1e999h', '1s ', '', 90, null])('%j is not a time', raw => {
  expect(duration.read(raw)).toBeUndefined();
});

it.each([
  ['100', 100, 'steps'],
  ['1step', 1, 'steps'],
  ['100steps', 100, 'steps'],
  ['30s', 30, 'seconds'],
  ['10m', 600, 'seconds'],
  ['epoch', 1, 'epochs'],
])('%s is every %f %s', (text, every, unit) => {
  expect(parseInterval(text)).toEqual({ every, unit });
  expect(interval.read(text)).toBe(text);
});

it.each(['0', '-5', '1.5', '99999999999999999999', 'epochs', '0s', '', true, ['100'], 0])(
  '%j is no span of training',
  raw => {
    expect(interval.read(raw)).toBeUndefined();
  },
);

it('a number of a config file is one of steps', () => {
  expect(interval.read(250)).toBe('250');
  expect(interval.read(0)).toBeUndefined();
});
