/** Dates and times as texts: seconds since 1970 in UTC, and the components that vary. */
import { describe, expect, it } from 'vitest';
import { type DatePart, datePart, parseDate, partsOf } from '../../../src/data/table/date.js';

describe('parseDate', () => {
  it.each([
    ['1970-01-01', 0],
    ['2024-02-29', Date.UTC(2024, 1, 29) / 1000],
    ['2024-1-3', Date.UTC(2024, 0, 3) / 1000],
    ['1969-12-31', -86_400],
    ['2024/01/31', Date.UTC(2024, 0, 31) / 1000],
    ['2024/01/31 10:20', Date.UTC(2024, 0, 31, 10, 20) / 1000],
    ['2024-01-31 10:20', Date.UTC(2024, 0, 31, 10, 20) / 1000],
    ['2024-01-31T10:20:30', Date.UTC(2024, 0, 31, 10, 20, 30) / 1000],
    ['2024-01-31T10:20:30.25Z', Date.UTC(2024, 0, 31, 10, 20, 30) / 1000 + 0.25],
    ['2024-01-31 10:20:30+02:00', Date.UTC(2024, 0, 31, 8, 20, 30) / 1000],
    ['2024-01-31 10:20:30-0530', Date.UTC(2024, 0, 31, 15, 50, 30) / 1000],
    ['2024-01-31 10:20:30 UTC', Date.UTC(2024, 0, 31, 10, 20, 30) / 1000],
    [' 2024-01-31 ', Date.UTC(2024, 0, 31) / 1000],
    ['10:20', 37_200],
    ['00:00:01.5', 1.5],
    ['23:59:60', 86_400],
    ['2016-12-31 23:59:60Z', Date.UTC(2017, 0, 1) / 1000],
    ['0050-01-01', Date.parse('0050-01-01T00:00:00Z') / 1000],
    ['0099-12-31 10:00', Date.parse('0099-12-31T10:00:00Z') / 1000],
    ['0000-02-29', Date.parse('0000-02-29T00:00:00Z') / 1000],
  ])('reads %j', (text, seconds) => {
    expect(parseDate(text)).toBe(seconds);
  });

  it.each([
    ...['', '2024', '2024-01', '31.01.2024', '01/31/2024', '20240131', 'today'],
    ...[
      '2023-02-29',
      '2024-02-30',
      '2024-13-01',
      '2024-00-10',
      '2024-01-00',
      '2024-01-31 10',
      '2024-01-31 25:00',
    ],
    ...['10:60', '25:00', '10', '2024-01-31x'],
    ...['24:00', '24:30', '10:20:61', '10:20:99.5', '2024-01-31 24:00', '2024-01-31 10:20:75', '0001-02-29'],
  ])('finds no date in %j', text => {
    expect(parseDate(text)).toBeNaN();
  });
});

describe('datePart', () => {
  it.each<[DatePart, number]>([
    ['epoch', Date.UTC(2024, 1, 29, 13, 5, 7) / 1000],
    ['year', 2024],
    ['month', 2],
    ['day', 29],
    ['weekday', 4],
    ['hour', 13],
    ['minute', 5],
    ['second', 7],
  ])('gives the %s', (part, value) => {
    expect(datePart(parseDate('2024-02-29 13:05:07'), part)).toBe(value);
  });

  it('calls Sunday 7 and Monday 1', () => {
    expect(['2024-03-03', '2024-03-04'].map(text => datePart(parseDate(text), 'weekday'))).toEqual([7, 1]);
  });

  it('is NaN for a missing date', () => {
    expect(datePart(Number.NaN, 'year')).toBeNaN();
  });
});

describe('partsOf', () => {
  const parts = (texts: string[], dates: 'parts' | 'epoch') => partsOf(texts.map(parseDate), dates);

  it.each([
    ['dates of one month', ['2024-01-01', '2024-01-02'], ['day', 'weekday']],
    ['dates a week apart', ['2024-01-01', '2024-01-08'], ['day']],
    ['dates of several years', ['2023-01-01', '2024-02-02'], ['year', 'month', 'day', 'weekday']],
    ['times of a day', ['10:00', '11:30'], ['hour', 'minute']],
    ['one date', ['2024-01-01', '2024-01-01'], ['epoch']],
  ])('returns the components that vary in %s', (_, texts, expected) => {
    expect(parts(texts, 'parts')).toEqual(expected);
  });

  it('returns only seconds if those are requested', () => {
    expect(parts(['2023-01-01', '2024-02-02'], 'epoch')).toEqual(['epoch']);
  });
});
