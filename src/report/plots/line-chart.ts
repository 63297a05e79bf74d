/** Draws a chart of series over numbers: intervals first, then lines, then symbols on top. */
import { printable } from '../html.js';
import type { Axis, Chart, Datum, Series } from './chart.js';
import { type Drawing, frame, HEIGHT, type LegendEntry, MARGINS, WIDTH } from './frame.js';
import { colour, type Look } from './palette.js';
import { Plot, renderPlot } from './plot.js';
import { pick, thin } from './thin.js';
import { formatTick, logTicks } from './ticks.js';

const STROKE = 1.75;
const RADIUS = 3.5;
const DASHES = { solid: 'none', dashed: '6 4', dotted: '1.5 4' } as const;
/** Number of symbols along a line, however many epochs it has. */
const FEW_SYMBOLS = 8;
const INK: Look = { colour: colour('ink'), symbol: 'circle' };

/** Draws the chart. The id must be unique within the page. */
export function drawLines(chart: Chart, id: string): Drawing {
  const series = chart.series.map(one => ({ ...one, data: one.data.filter(datum => canDraw(chart, datum)) }));
  const xDomain = domainOf(
    chart.x,
    series.flatMap(({ data }) => data.map(({ x }) => x)),
  );
  const yDomain = domainOf(chart.y, series.flatMap(valuesOf));
  const plot = renderPlot({
    ...MARGINS,
    width: WIDTH,
    height: HEIGHT,
    inset: 6,
    x: scaleOf(chart.x, xDomain),
    y: scaleOf(chart.y, yDomain),
    marks: [
      ...axisMarks(chart.x, xDomain, Plot.gridX, Plot.axisX),
      ...axisMarks(chart.y, yDomain, Plot.gridY, Plot.axisY),
      Plot.frame({ anchor: 'bottom', strokeOpacity: 0.5 }),
      ...ruleMarks(chart, xDomain),
      ...series.flatMap(intervalMarks),
      ...series.flatMap(lineMarks),
      ...series.flatMap(one => symbolMarks(one, xDomain)),
    ],
  });
  const { title, description } = chart;
  return frame({ id, title, description, legend: legendOf(chart), plot, plotHeight: HEIGHT });
}

function canDraw({ x, y }: Chart, datum: Datum): boolean {
  const fits = (value: number, axis: Axis) =>
    Number.isFinite(value) && (axis.scale === 'linear' || value > 0);
  return fits(datum.x, x) && fits(datum.y, y);
}

/** All values that the y axis must include. */
function valuesOf({ data, intervals }: Series): number[] {
  if (!intervals) return data.map(({ y }) => y);
  return data.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
}

function scaleOf(axis: Axis, domain: [number, number]): Plot.ScaleOptions {
  return { type: axis.scale, domain, nice: axis.scale === 'linear' && axis.ticks === undefined };
}

/** Common type of Plot's grid and axis functions for x and y. */
interface AxisMark {
  (ticks: number[], options?: AxisMarkOptions): Plot.Markish;
  (options: AxisMarkOptions): Plot.Markish;
}
interface AxisMarkOptions {
  ticks?: number;
  tickFormat?: (value: number) => string;
  text?: (value: number) => string;
  label?: string;
}

/** Approximate number of ticks on a linear axis. */
const TICKS = 6;

/** Grid and axis. Ticks are given with their texts, because Plot omits some on a logarithmic scale. */
function axisMarks(axis: Axis, domain: [number, number], grid: AxisMark, draw: AxisMark): Plot.Markish[] {
  const label = printable(axis.label);
  const format = axis.format ?? formatTick;
  const ticks = axis.ticks ?? (axis.scale === 'log' ? logTicks(...domain) : null);
  if (ticks === null) return [grid({ ticks: TICKS }), draw({ ticks: TICKS, tickFormat: format, label })];
  return [grid([...ticks]), draw([...ticks], { text: format, label })];
}

/**
 * Range from the lowest to the highest value of the series and the axis, widened if there is only one value.
 */
function domainOf({ scale, include = [], ticks = [] }: Axis, values: readonly number[]): [number, number] {
  const all = [...values, ...include, ...ticks].filter(value => scale === 'linear' || value > 0);
  if (all.length === 0) return scale === 'log' ? [1, 10] : [0, 1];
  // Not Math.min(...all), which overflows the stack for very long arrays.
  const low = all.reduce((least, value) => Math.min(least, value));
  const high = all.reduce((most, value) => Math.max(most, value));
  if (low < high) return [low, high];
  const room = (Math.abs(low) || 1) / 20;
  return scale === 'log' ? [low / 2, low * 2] : [low - room, low + room];
}

/** The vertical line, and its name on the side that has room for it. */
function ruleMarks({ rule }: Chart, [begin, end]: [number, number]): Plot.Markish[] {
  if (!rule) return [];
  const isLeft = rule.x < (begin + end) / 2;
  const place = { textAnchor: isLeft ? ('start' as const) : ('end' as const), dx: isLeft ? 5 : -5, dy: -4 };
  const stroke = { stroke: colour('muted'), strokeWidth: 1, strokeDasharray: '2 3' };
  return [
    Plot.ruleX([rule.x], stroke),
    Plot.text([rule], {
      x: 'x',
      text: 'name',
      frameAnchor: 'top',
      lineAnchor: 'top',
      ...place,
      fill: colour('muted'),
      fontSize: 11,
    }),
  ];
}

function intervalMarks({ data, intervals, look }: Series): Plot.Markish[] {
  const known = data.filter(({ low, high }) => low !== undefined && high !== undefined);
  const ends = { x: 'x', y1: 'low', y2: 'high' };
  if (intervals === 'band') return [Plot.areaY(known, { ...ends, fill: look.colour, fillOpacity: 0.16 })];
  if (intervals === 'bars') return [Plot.ruleX(known, { ...ends, stroke: look.colour, strokeWidth: 1.5 })];
  return [];
}

function lineMarks({ data, line, look }: Series): Plot.Markish[] {
  if (!line) return [];
  const stroke = { stroke: look.colour, strokeWidth: STROKE, strokeDasharray: DASHES[line] };
  return [Plot.lineY(thin(data), { x: 'x', y: 'y', ...stroke })];
}

/** Scales the number of symbols with the share of the axis that the line covers. */
function symbolMarks({ data, symbols, look }: Series, [begin, end]: [number, number]): Plot.Markish[] {
  if (!symbols || data.length === 0) return [];
  if (symbols === 'cloud') return [symbolMark(data, look, CLOUD)];
  if (symbols === 'all' || data.length <= 2 * FEW_SYMBOLS) return [symbolMark(data, look)];
  const part = (data.at(-1)!.x - data[0]!.x) / (end - begin);
  const few = pick(data, Math.max(2, Math.round(FEW_SYMBOLS * part)));
  // Exceptions always get a symbol.
  return [symbolMark([...few, ...data.filter(({ hollow }) => hollow)], look)];
}

/** Symbols that overlap are small, and darker where there are more. */
const CLOUD = { r: 2, strokeWidth: 0.5, fillOpacity: 0.45, strokeOpacity: 0.6 };

function symbolMark(
  data: readonly Datum[],
  { symbol, colour: stroke }: Look,
  size: Partial<typeof CLOUD> = {},
): Plot.Markish {
  return Plot.dot(data, {
    x: 'x',
    y: 'y',
    r: RADIUS,
    symbol,
    stroke,
    fill: ({ hollow }: Datum) => (hollow ? colour('paper') : stroke),
    title: ({ note }: Datum) => (note === undefined ? null : printable(note)),
    ...size,
  });
}

/**
 * One entry for each name, drawn like the last series of that name, then the line styles and hollow symbols.
 * A single entry is left out.
 */
function legendOf({ series, lines = {}, hollow }: Chart): LegendEntry[] {
  const byName = new Map(series.map(one => [one.name, { ...swatchOf(one, false), name: one.name }]));
  const plain = { look: INK, data: [] };
  const kinds = Object.entries(lines).map(([line, name]) => ({
    ...swatchOf({ ...plain, name, line: line as 'solid' | 'dashed' }, false),
    name,
  }));
  const isHollow = series.some(({ data }) => data.some(datum => datum.hollow));
  const ring = { ...plain, name: '', symbols: 'all' } as const;
  const rings = hollow !== undefined && isHollow ? [{ ...swatchOf(ring, true), name: hollow }] : [];
  const entries = [...byName.values(), ...kinds, ...rings];
  return entries.length === 1 ? [] : entries;
}

const SWATCH = 28;

/** A miniature plot in the style of the series. */
function swatchOf(series: Series, hollow: boolean): Omit<LegendEntry, 'name'> {
  const at = (x: number): Datum => ({ x, y: 0, low: -1, high: 1, hollow });
  const plot = renderPlot({
    width: SWATCH,
    height: 14,
    margin: 1,
    axis: null,
    x: { type: 'linear', domain: [0, 2] },
    y: { type: 'linear', domain: [-1, 1] },
    marks: [
      ...(series.intervals === 'band' ? intervalMarks({ ...series, data: [at(0), at(2)] }) : []),
      ...lineMarks({ ...series, data: [at(0), at(2)] }),
      ...symbolMarks({ ...series, data: [at(1)] }, [0, 2]),
    ],
  });
  return { swatch: `<g transform="translate(0,-7)">${plot}</g>`, width: SWATCH };
}
