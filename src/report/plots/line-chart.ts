/** Draws a chart of series over numbers: intervals below, then lines, then symbols. */
import { printable } from '../html.js';
import type { Axis, Chart, Datum, Series } from './chart.js';
import { type Drawing, FONT_SIZE, frame, type LegendEntry, WIDTH } from './frame.js';
import { colour, lookOf } from './palette.js';
import { Plot, renderPlot } from './plot.js';
import { pick, thin } from './thin.js';
import { formatTick, logTicks } from './ticks.js';

const HEIGHT = 270;
const MARGINS = { marginTop: 24, marginLeft: 50, marginRight: 16, marginBottom: 40 };
const STROKE = 1.75;
const RADIUS = 3.5;
const DASHES = { solid: 'none', dashed: '6 4', dotted: '1.5 4' } as const;
/** A line has symbols at so many places, not at each of a thousand epochs. */
const FEW_SYMBOLS = 8;

/** Draws it; the id has to be unique within the page. */
export function drawLines(chart: Chart, id: string): Drawing {
  const series = chart.series.map(one => ({ ...one, data: one.data.filter(datum => canDraw(chart, datum)) }));
  const plot = renderPlot({
    ...MARGINS,
    width: WIDTH,
    height: HEIGHT,
    inset: 6,
    grid: true,
    style: `font-size:${FONT_SIZE}px;font-family:inherit`,
    x: scaleOf(
      chart.x,
      series.flatMap(({ data }) => data.map(({ x }) => x)),
    ),
    y: scaleOf(chart.y, series.flatMap(valuesOf)),
    marks: [
      Plot.frame({ anchor: 'bottom', strokeOpacity: 0.5 }),
      ...series.flatMap(intervalMarks),
      ...series.flatMap(lineMarks),
      ...series.flatMap(symbolMarks),
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

/** Everything that needs room on the y axis. */
function valuesOf({ data, intervals }: Series): number[] {
  if (intervals === 'none') return data.map(({ y }) => y);
  return data.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
}

function scaleOf(axis: Axis, values: readonly number[]): Plot.ScaleOptions {
  const all = [...values, ...(axis.include ?? [])].filter(value => axis.scale === 'linear' || value > 0);
  const domain = domainOf(all, axis.scale);
  const ticks = axis.ticks ?? (axis.scale === 'log' ? logTicks(...domain) : 6);
  return {
    type: axis.scale,
    domain,
    nice: axis.scale === 'linear' && axis.ticks === undefined,
    label: printable(axis.label),
    ticks,
    tickFormat: axis.format ?? formatTick,
  };
}

/** From the lowest to the highest; about a value that stands alone. */
function domainOf(values: readonly number[], scale: Axis['scale']): [number, number] {
  if (values.length === 0) return scale === 'log' ? [1, 10] : [0, 1];
  // Not Math.min(...values), which overflows the stack where there are very many.
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  if (low < high) return [low, high];
  return scale === 'log'
    ? [low / 2, low * 2]
    : [low - (Math.abs(low) || 1) / 2, low + (Math.abs(low) || 1) / 2];
}

function intervalMarks({ data, intervals, look }: Series): Plot.Markish[] {
  const known = data.filter(({ low, high }) => low !== undefined && high !== undefined);
  const ends = { x: 'x', y1: 'low', y2: 'high' };
  if (intervals === 'band') return [Plot.areaY(known, { ...ends, fill: look.colour, fillOpacity: 0.16 })];
  if (intervals === 'bars') return [Plot.ruleX(known, { ...ends, stroke: look.colour, strokeWidth: 1.5 })];
  return [];
}

function lineMarks({ data, line, look }: Series): Plot.Markish[] {
  if (line === 'none') return [];
  const stroke = { stroke: look.colour, strokeWidth: STROKE, strokeDasharray: DASHES[line] };
  return [Plot.lineY(thin(data), { x: 'x', y: 'y', ...stroke })];
}

function symbolMarks({ data, symbols, look }: Series): Plot.Markish[] {
  if (symbols === 'none') return [];
  const shown = symbols === 'all' ? data : pick(data, FEW_SYMBOLS);
  return [
    Plot.dot(shown, {
      x: 'x',
      y: 'y',
      r: RADIUS,
      symbol: look.symbol,
      stroke: look.colour,
      fill: (datum: Datum) => (datum.hollow ? colour('paper') : look.colour),
      title: ({ note }: Datum) => (note === undefined ? null : printable(note)),
    }),
  ];
}

function legendOf({ series, hollow }: Chart): LegendEntry[] {
  const entries = series.map(one => ({ swatch: swatchOf(one, false), name: one.name }));
  const marked = series.find(({ data }) => data.some(datum => datum.hollow));
  if (hollow === undefined || !marked) return entries.length === 1 ? [] : entries;
  const ring: Series = {
    ...marked,
    line: 'none',
    intervals: 'none',
    look: { ...lookOf(0), colour: colour('ink') },
  };
  return [...entries, { swatch: swatchOf(ring, true), name: hollow }];
}

/** A little plot of the series' look, 28 wide about y = 0. */
function swatchOf(series: Series, hollow: boolean): string {
  const at = (x: number): Datum => ({ x, y: 0, low: -1, high: 1, hollow });
  const plot = renderPlot({
    width: 28,
    height: 14,
    margin: 1,
    axis: null,
    x: { type: 'linear', domain: [0, 2] },
    y: { type: 'linear', domain: [-1, 1] },
    marks: [
      ...(series.intervals === 'band' ? intervalMarks({ ...series, data: [at(0), at(2)] }) : []),
      ...lineMarks({ ...series, data: [at(0), at(2)] }),
      ...symbolMarks({ ...series, data: [at(1)] }),
    ],
  });
  return `<g transform="translate(0,-7)">${plot}</g>`;
}
