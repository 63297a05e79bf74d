/**
 * Parses dates and times that start with the year (2024-01-31, 2024/1/31 10:20, 2024-01-31T10:20:30.5Z) and
 * times of day (10:20). Other orders of day and month are ambiguous and not supported. Pure functions.
 */
import type { DateOrigin } from '../dataset.js';

const DATE = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/;
const FULL =
  /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?$/;

/** How date and time columns become features: seconds since 1970, or components. */
export type Dates = 'error' | 'epoch' | 'parts';

/** A number derived from a date, in UTC. */
export type DatePart = DateOrigin['part'];

/** Seconds since 1970-01-01 in UTC, or since midnight for a time of day; NaN if the text is neither. */
export function parseDate(text: string): number {
  const trimmed = text.trim();
  const clock = CLOCK.exec(trimmed);
  if (clock) {
    const [, h = '0', m = '0', s = '0', part = '0'] = clock;
    return clockSeconds(h, m, s, part);
  }
  const found = DATE.exec(trimmed) ?? FULL.exec(trimmed);
  if (!found) return Number.NaN;
  const [, year, , month, day, hour = '0', minute = '0', second = '0', part = '0', zone] = found;
  // Not Date.UTC, which maps the years 0 to 99 to 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isThere = date.getUTCDate() === Number(day) && Number(month) >= 1 && Number(month) <= 12;
  if (!isThere) return Number.NaN;
  return date.getTime() / 1000 + clockSeconds(hour, minute, second, part) - zoneSeconds(zone);
}

/** NaN if there is no such time; second 60 is a leap second. */
function clockSeconds(hour: string, minute: string, second: string, part: string): number {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return Number.NaN;
  return Number(hour) * 3600 + Number(minute) * 60 + Number(second) + Number(part);
}

function zoneSeconds(zone: string | undefined): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

export function isDateText(text: string): boolean {
  return !Number.isNaN(parseDate(text));
}

const PARTS: Readonly<Record<DatePart, (seconds: number) => number>> = {
  epoch: seconds => seconds,
  year: seconds => dateOf(seconds).getUTCFullYear(),
  month: seconds => dateOf(seconds).getUTCMonth() + 1,
  day: seconds => dateOf(seconds).getUTCDate(),
  // Monday is 1.
  weekday: seconds => dateOf(seconds).getUTCDay() || 7,
  hour: seconds => dateOf(seconds).getUTCHours(),
  minute: seconds => dateOf(seconds).getUTCMinutes(),
  second: seconds => dateOf(seconds).getUTCSeconds(),
};

function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}

export function datePart(seconds: number, part: DatePart): number {
  return Number.isNaN(seconds) ? Number.NaN : PARTS[part](seconds);
}

/** The components that vary among the dates: a column of dates without times has no hours. */
export function partsOf(seconds: readonly number[], dates: Dates): DatePart[] {
  if (dates !== 'parts') return ['epoch'];
  const names = (Object.keys(PARTS) as DatePart[]).filter(part => part !== 'epoch');
  const varying = names.filter(part => new Set(seconds.map(value => datePart(value, part))).size > 1);
  return varying.length > 0 ? varying : ['epoch'];
}
