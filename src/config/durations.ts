/** Times, and intervals of a training. */
import { type Kind, readNumber } from './kinds.js';

/** How often something happens. */
export interface Interval {
  every: number;
  unit: 'steps' | 'seconds' | 'epochs';
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** A time in seconds: 90s → 90, 1.5m → 90, 2h → 7200. */
export const duration: Kind<number> = {
  values: 'TIME',
  expected: 'a time like 90s, 10m or 2h',
  takesValue: true,
  read: raw => {
    const [, count, unit] = (typeof raw === 'string' && /^(.+)([smh])$/.exec(raw)) || [];
    const seconds = (readNumber(count) ?? 0) * SECONDS[unit as keyof typeof SECONDS];
    return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
  },
  write: seconds => `${seconds}s`,
};

/** 100 or 100steps, 30s, epoch. */
export const interval: Kind<Interval> = {
  values: 'N|Ns|epoch',
  expected: 'a number of steps, a time like 30s or 10m, or epoch',
  takesValue: true,
  read: raw => {
    if (raw === 'epoch') return { every: 1, unit: 'epochs' };
    const steps = readNumber(typeof raw === 'string' ? raw.replace(/^(\d+)steps?$/, '$1') : raw);
    if (steps !== undefined && Number.isSafeInteger(steps) && steps > 0)
      return { every: steps, unit: 'steps' };
    const seconds = duration.read(raw);
    return seconds === undefined ? undefined : { every: seconds, unit: 'seconds' };
  },
  write: ({ every, unit }) => {
    if (unit === 'epochs') return 'epoch';
    return unit === 'seconds' ? `${every}s` : String(every);
  },
};
