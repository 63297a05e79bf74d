/**
 * Adds title, description and legend to a plot, inside the same SVG, so that it can be copied out of the page
 * as a whole.
 */
import { shorten } from '../format.js';
import { escapeText } from '../html.js';
import { COLOURS, type Colour, colour } from './palette.js';
import { mapAttributes } from './plot.js';

/** Plots are drawn at this width, in pixels, and scale with the page. */
export const WIDTH = 440;
/** Height of charts without their title and legend, and the margins for their axes. */
export const HEIGHT = 270;
export const MARGINS = { marginTop: 24, marginLeft: 54, marginRight: 16, marginBottom: 40 };
const FONT_SIZE = 12;
const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/**
 * Legend entry: a swatch that starts at x = 0, is centred on y = 0 and has the given width, and the name
 * beside it.
 */
export interface LegendEntry {
  swatch: string;
  width: number;
  name: string;
}

/** A drawing as it appears in a page, and as a separate file. */
export interface Drawing {
  title: string;
  svg: string;
  standalone: string;
}

const TITLE_HEIGHT = 24;
/** Width of the title's letters relative to those of FONT_SIZE. */
const TITLE_SCALE = 1.25;
const LEGEND_LINE = 18;
/** Space between a swatch and its name, and between entries, in pixels. */
const SPACE = 6;
const GAP = 12;

/** Puts title and legend above a plot that is WIDTH wide and `plotHeight` high. */
export function frame(parts: {
  id: string;
  title: string;
  description: string;
  legend: readonly LegendEntry[];
  plot: string;
  plotHeight: number;
}): Drawing {
  const { id, title, description, plot, plotHeight } = parts;
  const legend = placeLegend(parts.legend);
  const top = TITLE_HEIGHT + legend.height;
  const height = top + plotHeight;
  const inside = [
    `<title id="${id}-title">${escapeText(title)}</title>`,
    `<desc id="${id}-text">${escapeText(description)}</desc>`,
    `<text x="0" y="14" font-size="14" font-weight="600">${escapeText(shortenTo(title, WIDTH / TITLE_SCALE))}</text>`,
    `<g transform="translate(0,${TITLE_HEIGHT})">${legend.svg}</g>`,
    `<g transform="translate(0,${top})">${plot}</g>`,
  ].join('');
  const attributes =
    `xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text" ` +
    `font-family="${FONTS}" font-size="${FONT_SIZE}" fill="currentColor"`;
  return {
    title,
    svg: `<svg ${attributes} viewBox="0 0 ${WIDTH} ${height}">${inside}</svg>`,
    standalone: resolve(standAlone(attributes, inside, height)),
  };
}

const MARGIN = 12;

/** Adds an explicit size and a white background. */
function standAlone(attributes: string, inside: string, height: number): string {
  const box = [-MARGIN, -MARGIN, WIDTH + 2 * MARGIN, height + 2 * MARGIN];
  const [x, y, width, tall] = box;
  const ground = `<rect x="${x}" y="${y}" width="${width}" height="${tall}" fill="${colour('paper')}"/>`;
  return `<svg ${attributes} width="${width}" height="${tall}" viewBox="${box.join(' ')}">${ground}${inside}</svg>`;
}

/** Replaces names of colours by their values in light mode. */
function resolve(svg: string): string {
  return mapAttributes(svg, value => {
    if (value === 'currentColor') return COLOURS.ink.light;
    const name = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
    return name === undefined ? value : COLOURS[name as Colour].light;
  });
}

/** Places entries one after the other and starts a new line when one does not fit. */
function placeLegend(entries: readonly LegendEntry[]): { svg: string; height: number } {
  let x = 0;
  let line = 0;
  const items = entries.map(({ swatch, width: swatchWidth, name }) => {
    const begin = swatchWidth + SPACE;
    const text = shortenTo(name, WIDTH - begin);
    const width = begin + widthOf(text);
    if (x > 0 && x + width > WIDTH) {
      x = 0;
      line++;
    }
    const place = `translate(${x},${line * LEGEND_LINE + 7})`;
    x += width + GAP;
    return `<g transform="${place}">${swatch}<text x="${begin}" y="4">${escapeText(text)}</text></g>`;
  });
  return { svg: items.join(''), height: entries.length === 0 ? 0 : (line + 1) * LEGEND_LINE + 6 };
}

/**
 * Character widths in pixels at FONT_SIZE, for a wide font, so that most text is a little narrower than
 * estimated.
 */
const WIDTHS: [RegExp, number][] = [
  [/[ijl.,:;'|!()[\] -]/, 4.4],
  [/[frt]/, 5.4],
  [/[a-ln-vx-z0-9·…_]/, 7.8],
  [/[\u{20}-\u{2fff}]/u, 10.2],
];
const WIDEST = 12;

function widthOf(text: string): number {
  return [...text].reduce(
    (sum, sign) => sum + (WIDTHS.find(([signs]) => signs.test(sign))?.[1] ?? WIDEST),
    0,
  );
}

/** The name, shortened if necessary to fit into the given number of pixels. */
function shortenTo(name: string, width: number): string {
  let text = name;
  for (let most = Math.min([...name].length, 200); widthOf(text) > width; most--) text = shorten(name, most);
  return text;
}
