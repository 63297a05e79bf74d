/** Describes a plot of series, independently of the plotting library. */
import type { Look } from './palette.js';

export interface Axis {
  label: string;
  scale: 'linear' | 'log';
  /** Positions of all ticks; if omitted, the library chooses them. */
  ticks?: readonly number[];
  format?: (value: number) => string;
  /** Values that the axis must include in addition to those of the series. */
  include?: readonly number[];
}

export interface Datum {
  x: number;
  y: number;
  /** Ends of the interval around y. */
  low?: number;
  high?: number;
  /** Draws the symbol hollow to mark an exception. */
  hollow?: boolean;
  /** Tooltip of the point. */
  note?: string;
}

/** One series: its line, symbols and intervals are drawn independently; those that are omitted are not drawn. */
export interface Series {
  name: string;
  look: Look;
  data: readonly Datum[];
  line?: 'solid' | 'dashed' | 'dotted';
  /** Symbols at every point, at a few points along a long line, or small ones at hundreds of points. */
  symbols?: 'all' | 'few' | 'cloud';
  intervals?: 'bars' | 'band';
}

export interface Chart {
  title: string;
  /** Text alternative for readers who cannot see the plot. */
  description: string;
  x: Axis;
  y: Axis;
  series: readonly Series[];
  /** Meaning of each line style, if series of one name differ in style. */
  lines?: Readonly<Partial<Record<'solid' | 'dashed', string>>>;
  /** Explanation of hollow symbols, if there can be any. */
  hollow?: string;
  /** A vertical line with a name, at a place on the x axis. */
  rule?: { x: number; name: string };
}
