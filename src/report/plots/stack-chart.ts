/** Draws stacked bars that show the parts of a whole, one bar for each case. */
import { formatPercent, shorten } from '../format.js';
import { printable } from '../html.js';
import { type Drawing, frame, HEIGHT, MARGINS, WIDTH } from './frame.js';
import { colour, lookOf } from './palette.js';
import { Plot, renderPlot } from './plot.js';
import { formatTick } from './ticks.js';

export interface StackChart {
  title: string;
  description: string;
  /** Axis labels: what the bars are, and what their height measures. */
  x: string;
  y: string;
  /** From bottom to top. */
  parts: readonly string[];
  /** One value for each part. */
  bars: readonly { name: string; values: readonly number[] }[];
}

/** Width of a letter below the bars, in pixels. */
const LETTER = 7.5;
/** A part that is at least this share of the tallest bar has room for its percentage. */
const ROOM = 0.07;

export function drawStack({ title, description, x, y, parts, bars }: StackChart, id: string): Drawing {
  const totals = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const tallest = Math.max(...totals);
  const pieces = bars.flatMap(({ name, values }, bar) =>
    values.map((value, part) => {
      const from = values.slice(0, part).reduce((sum, below) => sum + below, 0);
      const share = value / totals[bar]!;
      return { bar: name, part, from, to: from + value, middle: from + value / 2, value, share };
    }),
  );
  type Piece = (typeof pieces)[number];
  const { marginLeft, marginRight } = MARGINS;
  const letters = Math.max(3, Math.floor((WIDTH - marginLeft - marginRight) / bars.length / LETTER));
  const plot = renderPlot({
    ...MARGINS,
    width: WIDTH,
    height: HEIGHT,
    x: {
      type: 'band',
      domain: bars.map(({ name }) => name),
      label: printable(x),
      labelAnchor: 'right',
      padding: 0.35,
      tickFormat: (name: string) => shorten(printable(name), letters),
    },
    y: {
      domain: [0, tallest],
      nice: true,
      grid: true,
      label: printable(y),
      ticks: 6,
      tickFormat: formatTick,
    },
    marks: [
      Plot.rectY(pieces, {
        x: 'bar',
        y1: 'from',
        y2: 'to',
        fill: ({ part }: Piece) => lookOf(part).colour,
        stroke: colour('paper'),
        strokeWidth: 1,
        title: ({ bar, part, value, share }: Piece) =>
          printable(`${bar}, ${parts[part]}: ${formatTick(value)} (${formatPercent(share)})`),
      }),
      Plot.text(
        pieces.filter(({ value }) => value >= ROOM * tallest),
        {
          x: 'bar',
          y: 'middle',
          text: ({ share }: Piece) => `${Math.round(100 * share)} %`,
          fill: colour('paper'),
          fontSize: 11,
        },
      ),
      Plot.ruleY([0]),
    ],
    color: { type: 'identity' },
  });
  return frame({ id, title, description, legend: parts.map(legendEntry), plot, plotHeight: HEIGHT });
}

function legendEntry(name: string, part: number) {
  const width = 12;
  return { swatch: `<rect y="-6" width="${width}" height="12" fill="${lookOf(part).colour}"/>`, width, name };
}
