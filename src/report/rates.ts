/** Results of a learning-rate range test, as text for the terminal and as a page. Pure functions. */

import type { RateTest } from '../train/jobs/find-rate.js';
import type { RatePoint } from '../train/jobs/rate-curve.js';
import { figure, figures } from './figure.js';
import { formatCount, formatFigure } from './format.js';
import { html } from './html.js';
import { htmlTable } from './html-table.js';
import { renderPage } from './page.js';
import type { Chart, Series } from './plots/chart.js';
import { drawLines } from './plots/line-chart.js';
import { lookOf } from './plots/palette.js';
import { renderTable } from './table.js';

/** Lines of the plot on the terminal, and the length of its longest bar in characters. */
const LINES = 24;
const BAR = 40;

/** Losses are shown up to this multiple of the first one. */
const HEADROOM = 1.5;

/** Two significant digits: a learning rate never needs more. */
function formatRate(rate: number): string {
  return String(Number(rate.toPrecision(2)));
}

/** A bar for each rate, proportional to the loss, and the suggested rate. */
export function ratesText(test: RateTest): string {
  const every = Math.max(1, Math.ceil(test.points.length / LINES));
  const shown = drawn(test.points, 'smoothed').filter((_, i) => i % every === 0);
  const highest = Math.max(...shown.map(({ smoothed }) => smoothed));
  const rows = shown.map(point => {
    const length = Math.max(1, Math.round((BAR * point.smoothed) / highest));
    return [formatRate(point.learningRate), formatFigure(point.smoothed), '█'.repeat(length).padEnd(BAR)];
  });
  const table = renderTable(['rate', 'loss', ''], rows).replace(/ +$/gm, '');
  return `${table.trimEnd()}\n\n${suggestionText(test)}`;
}

/** The suggestion and how it was found, or what to try if there is none. */
function suggestionText({ suggestions, points, exploded }: RateTest): string {
  const { suggested, steepest, lowest, tenth } = suggestions;
  const steps = `${formatCount(points.length)} steps${exploded ? ', then the loss exploded' : ''}`;
  if (suggested === null || steepest === null || lowest === null || tenth === null) {
    return `${steps}. No suggestion: the loss never falls. Try another lowest rate, or more steps.`;
  }
  const head = `${steps}. Suggested learning rate: ${formatRate(suggested)}`;
  return suggested === steepest
    ? `${head}, where the smoothed loss falls fastest. It is lowest at ${formatRate(lowest)}; a tenth of that is ${formatRate(tenth)}.`
    : `${head}, a tenth of ${formatRate(lowest)}, where the smoothed loss is lowest. It falls fastest at ${formatRate(steepest)}.`;
}

/** The test as a complete page. */
export function ratesPage(
  test: RateTest,
  facts: { source: string; command: string; version: string },
): string {
  const { points, batchSize, description } = test;
  const caption =
    'Dotted: loss of each step’s batch before the update. Line: what the mean loss of the initial weights has become, from each loss divided by that of the initial weights on the same rows, averaged over neighbouring steps. Losses after the explosion are left out.';
  const drawing = drawLines(chartOf(test), 'rates');
  const cells = points.map(({ learningRate, loss, smoothed }) => [
    formatFigure(learningRate),
    formatFigure(loss),
    formatFigure(smoothed),
  ]);
  const table = htmlTable({ caption: 'Every step', heads: ['rate', 'loss', 'smoothed'], rows: cells });
  return renderPage({
    title: `Learning rates on ${facts.source}`,
    lead: html`<p class="muted">Batches of ${formatCount(batchSize)} rows · ${description}</p><p>${suggestionText(test)}</p>`,
    version: facts.version,
    sections: [
      { heading: 'Loss by rate', body: figures([figure(drawing, caption)]) },
      { heading: 'Command', body: html`<pre>${facts.command}</pre>` },
      { heading: 'Steps', body: table },
    ],
  });
}

function chartOf({ points, suggestions }: RateTest): Chart {
  const { suggested, steepest, tenth } = suggestions;
  const marked = (name: string, rate: number | null, n: number): Series[] => {
    if (rate === null) return [];
    const nearest = points.reduce((best, point) => (apart(point, rate) < apart(best, rate) ? point : best));
    const datum = { x: rate, y: nearest.smoothed, note: `${name}: ${formatRate(rate)}` };
    const title = rate === suggested ? `suggestion: ${name}` : name;
    return [{ name: title, look: lookOf(n), symbols: 'all', data: [datum] }];
  };
  const curve = (name: string, key: 'loss' | 'smoothed', n: number): Series => ({
    name,
    look: lookOf(n),
    line: key === 'loss' ? 'dotted' : 'solid',
    data: drawn(points, key).map(point => ({
      x: point.learningRate,
      y: point[key],
      note: `${formatRate(point.learningRate)}: ${formatFigure(point[key])}`,
    })),
  });
  return {
    title: 'Loss by learning rate',
    description: `Loss of ${points.length} steps at rates from ${formatRate(points[0]!.learningRate)} upwards.`,
    x: { label: 'learning rate (logarithmic) →', scale: 'log' },
    y: { label: '↑ loss', scale: 'linear' },
    series: [
      curve('loss of a step', 'loss', 1),
      curve('smoothed', 'smoothed', 0),
      ...marked('falls fastest', steepest, 2),
      ...marked('a tenth of the lowest', tenth, 3),
    ],
  };
}

/**
 * Leaves out the points where the loss exceeds HEADROOM times its first value: beside the explosion, the rest
 * would look flat.
 */
function drawn(points: readonly RatePoint[], key: 'loss' | 'smoothed'): RatePoint[] {
  const limit = HEADROOM * points[0]!.smoothed;
  return points.filter(point => point[key] <= limit);
}

function apart({ learningRate }: RatePoint, rate: number): number {
  return Math.abs(Math.log(learningRate / rate));
}
