/**
 * The colours of pages and plots, each by one name with a value for light and for dark ground. A plot in a page
 * names them (var(--series-0)) and so follows the page; a plot on its own has the values of light ground.
 */

export const COLOURS = {
  paper: { light: '#ffffff', dark: '#14171b' },
  ink: { light: '#1c2127', dark: '#e8eaed' },
  muted: { light: '#5a636d', dark: '#a3abb5' },
  line: { light: '#d5d9de', dark: '#3a4149' },
  panel: { light: '#f5f6f8', dark: '#1d2126' },
  link: { light: '#0b5cad', dark: '#7ab8f5' },
  // Okabe and Ito's hues, which colour-blind readers tell apart; each 3 to 1 or more against its ground.
  'series-0': { light: '#0068a8', dark: '#56b4e9' },
  'series-1': { light: '#c24a00', dark: '#ff9248' },
  'series-2': { light: '#007a5a', dark: '#2fc79b' },
  'series-3': { light: '#a83f7f', dark: '#e79ac8' },
  'series-4': { light: '#8a6500', dark: '#e6b422' },
  'series-5': { light: '#5b51b8', dark: '#a9a2f5' },
} as const;

export type Colour = keyof typeof COLOURS;

/** How a plot in a page names a colour. */
export function colour(name: Colour): string {
  return `var(--${name})`;
}

const SERIES_COLOURS = Object.keys(COLOURS).filter(name => name.startsWith('series-')) as Colour[];

/** Plot's names of symbols that differ in their outline. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const;

/** How a series is told from others: by colour and by symbol, so that either alone will do. */
export interface Look {
  colour: string;
  symbol: (typeof SYMBOLS)[number];
}

/** The look of the n-th series, from 0: forty-two differ. */
export function lookOf(n: number): Look {
  return {
    colour: colour(SERIES_COLOURS[n % SERIES_COLOURS.length]!),
    symbol: SYMBOLS[n % SYMBOLS.length]!,
  };
}

/** The values as CSS custom properties: --ink:#1c2127;… */
export function customProperties(ground: 'light' | 'dark'): string {
  return Object.entries(COLOURS)
    .map(([name, values]) => `--${name}:${values[ground]}`)
    .join(';');
}
