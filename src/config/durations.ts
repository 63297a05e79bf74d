/** Times, and intervals of a training. */
import type { Kind } from './kinds.js';

/** How often something happens. */
export interface Interval {
  every: number;
  unit: 'steps' | 'seconds' | 'epochs';
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** 90s → 90, 1.5m → 90, 2h → 7200; undefined where it is no span of time above 0. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d+\.?\d*|\.\d+)([smh])$/.exec(text) ?? [];
  const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** 100 and 100steps, 30s, epoch; undefined where it is none. */
export function parseInterval(text: string): Interval | undefined {
  if (text === 'epoch') return { every: 1, unit: 'epochs' };
  const [, count] = /^(\d+)(?:steps?)?$/.exec(text) ?? [];
  if (count !== undefined) {
    const every = Number(count);
    return Number.isSafeInteger(every) && every > 0 ? { every, unit: 'steps' } : undefined;
  }
  const seconds = parseDuration(text);
  return seconds === undefined ? undefined : { every: seconds, unit: 'seconds' };
}

/** A span of time, kept as it was typed. */
export const duration: Kind<string> = {
  values: 'TIME',
  expected: 'a time like 90s, 10m or 2h',
  takesValue: true,
  read: raw => (typeof raw === 'string' && parseDuration(raw) !== undefined ? raw : undefined),
};

/** 100 or 100steps, 30s, epoch. */
export const interval: Kind<string> = {
  values: 'N|Ns|epoch',
  expected: 'a number of steps, a time like 30s or 10m, or epoch',
  takesValue: true,
  read: raw => {
    const text = typeof raw === 'number' ? String(raw) : raw;
    return typeof text === 'string' && parseInterval(text) !== undefined ? text : undefined;
  },
};

/** An interval as it is typed: 60s, 100, epoch. */
export function typedInterval({ every, unit }: Interval): string {
  if (unit === 'epochs') return 'epoch';
  return unit === 'seconds' ? typedSeconds(every) : String(every);
}

export function typedSeconds(seconds: number): string {
  return `${seconds}s`;
}
