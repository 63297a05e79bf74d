/**
 * Colours of pages and plots, each with a value for light and for dark mode. Plots in a page refer to them by
 * name (var(--series-0)) and so follow the page's mode; a standalone plot uses the light values.
 */

export const COLOURS = {
  paper: { light: '#ffffff', dark: '#14171b' },
  ink: { light: '#1c2127', dark: '#e8eaed' },
  muted: { light: '#5a636d', dark: '#a3abb5' },
  line: { light: '#d5d9de', dark: '#3a4149' },
  panel: { light: '#f5f6f8', dark: '#1d2126' },
  link: { light: '#0b5cad', dark: '#7ab8f5' },
  // Hues by Okabe and Ito, which colour-blind readers can distinguish; contrast with the background is at
  // least 3:1.
  'series-0': { light: '#0068a8', dark: '#56b4e9' },
  'series-1': { light: '#c24a00', dark: '#ff9248' },
  'series-2': { light: '#007a5a', dark: '#2fc79b' },
  'series-3': { light: '#a83f7f', dark: '#e79ac8' },
  'series-4': { light: '#8a6500', dark: '#e6b422' },
  'series-5': { light: '#5b51b8', dark: '#a9a2f5' },
} as const;

export type Colour = keyof typeof COLOURS;

/** CSS reference to a colour, for use within a page. */
export function colour(name: Colour): string {
  return `var(--${name})`;
}

const SERIES_COLOURS = Object.keys(COLOURS).filter(name => name.startsWith('series-')) as Colour[];

/** Names that Plot uses for symbols with distinct outlines. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const;

/** A series is identified by its colour and by its symbol, so that either is enough. */
export interface Look {
  colour: string;
  symbol: (typeof SYMBOLS)[number];
}

/** Look of the n-th series, counted from 0. The first 42 are distinct. */
export function lookOf(n: number): Look {
  return {
    colour: colour(SERIES_COLOURS[n % SERIES_COLOURS.length]!),
    symbol: SYMBOLS[n % SYMBOLS.length]!,
  };
}

/** Look of series that are only there for comparison. */
export const MUTED: Look = { colour: colour('muted'), symbol: 'circle' };

/** Values as CSS custom properties: --ink:#1c2127;… */
export function customProperties(ground: 'light' | 'dark'): string {
  return Object.entries(COLOURS)
    .map(([name, values]) => `--${name}:${values[ground]}`)
    .join(';');
}
