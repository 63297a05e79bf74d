/**
 * What stands around a plot and belongs to it: title, description and legend, within the one SVG, so that it
 * can be taken out of the page as it is.
 */
import { escapeText } from '../html.js';
import { COLOURS, type Colour, colour } from './palette.js';
import { mapAttributes } from './plot.js';

/** Plots are drawn for this width, in pixels, and grow and shrink with the page. */
export const WIDTH = 440;
const FONT_SIZE = 12;
const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** An entry of the legend: a drawing from x = 0 on, so wide, about y = 0, and what it stands for. */
export interface LegendEntry {
  swatch: string;
  width: number;
  name: string;
}

/** A drawing as it stands in a page, and as a file of its own. */
export interface Drawing {
  title: string;
  svg: string;
  standalone: string;
}

const TITLE_HEIGHT = 24;
/** How much wider the title's letters are than those of FONT_SIZE. */
const TITLE_SCALE = 1.25;
const LEGEND_LINE = 18;
/** Between a swatch and its name, and between entries. */
const SPACE = 6;
const GAP = 12;

/** Puts title and legend above a plot of WIDTH and this height. */
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

/** With its size and a white ground of its own. */
function standAlone(attributes: string, inside: string, height: number): string {
  const box = [-MARGIN, -MARGIN, WIDTH + 2 * MARGIN, height + 2 * MARGIN];
  const [x, y, width, tall] = box;
  const ground = `<rect x="${x}" y="${y}" width="${width}" height="${tall}" fill="${colour('paper')}"/>`;
  return `<svg ${attributes} width="${width}" height="${tall}" viewBox="${box.join(' ')}">${ground}${inside}</svg>`;
}

/** Names of colours become their values on light ground. */
function resolve(svg: string): string {
  return mapAttributes(svg, value => {
    if (value === 'currentColor') return COLOURS.ink.light;
    const name = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
    return name === undefined ? value : COLOURS[name as Colour].light;
  });
}

/** One after the other, on a new line where the room ends. */
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

/** Widths in pixels at FONT_SIZE, of a wide font: in most the text is a little shorter. */
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

/** The name, or as much of it as fits in so many pixels. */
function shortenTo(name: string, width: number): string {
  let text = name;
  for (let most = Math.min([...name].length, 200); widthOf(text) > width; most--) text = shorten(name, most);
  return text;
}

/** Long names lose their middle: paths differ at their ends. */
export function shorten(name: string, most: number): string {
  const letters = [...name];
  if (letters.length <= most) return name;
  const tail = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(-tail).join('')}`;
}
