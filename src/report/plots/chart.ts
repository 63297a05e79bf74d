/** What a plot of series shows, in words of the thing and not of a plotting library. */
import type { Look } from './palette.js';

export interface Axis {
  label: string;
  scale: 'linear' | 'log';
  /** Where its ticks are, all of them on it; without them the library chooses. */
  ticks?: readonly number[];
  format?: (value: number) => string;
  /** Values that have to be on it, beside those of the series. */
  include?: readonly number[];
}

export interface Datum {
  x: number;
  y: number;
  /** The ends of its interval. */
  low?: number;
  high?: number;
  /** Drawn hollow: it is there, but not like the others. */
  hollow?: boolean;
  /** What a reader sees who points at it. */
  note?: string;
}

/** One series. Its parts are drawn where they are asked for. */
export interface Series {
  name: string;
  look: Look;
  data: readonly Datum[];
  line: 'solid' | 'dashed' | 'dotted' | 'none';
  /** Symbols: at all of its data, at a few along a long line, or at none. */
  symbols: 'all' | 'few' | 'none';
  /** How the intervals are drawn. */
  intervals: 'bars' | 'band' | 'none';
}

export interface Chart {
  title: string;
  /** What it shows, for those who can't see it. */
  description: string;
  x: Axis;
  y: Axis;
  series: readonly Series[];
  /** What kinds of lines stand for, where series of one name differ in theirs. */
  lines?: Readonly<Partial<Record<'solid' | 'dashed', string>>>;
  /** An explanation of hollow symbols, where there are any. */
  hollow?: string;
}
