/** The calibration section of a page: observed shares by predicted probability. */
import type { Calibration } from '../lab/explain/calibration.js';
import { figure, figures } from './figure.js';
import { counted, formatCount, formatFigure, formatPercent } from './format.js';
import { type Content, html } from './html.js';
import { htmlTable } from './html-table.js';
import type { Series } from './plots/chart.js';
import { drawLines } from './plots/line-chart.js';
import { lookOf, MUTED } from './plots/palette.js';

/**
 * A diagram, its figures in a table, and the two sums of them.
 * @param id unique within the page
 * @param scaled the same at another temperature
 */
export function calibrationBody(
  { bins, ece, logLoss }: Calibration,
  id: string,
  scaled?: Calibration & { temperature: number },
): Content {
  const series = [
    curve('as predicted', 0, bins),
    ...(scaled ? [curve(`at temperature ${formatFigure(scaled.temperature)}`, 1, scaled.bins)] : []),
    diagonal('perfect', 0, 1),
  ];
  const chart = {
    title: 'Reliability',
    description: 'Observed shares by predicted probability.',
    x: { ...SHARES, label: 'mean probability →' },
    y: { ...SHARES, label: '↑ observed share' },
    series,
  };
  const rows = bins.map(bin => [
    `${Math.round(100 * bin.from)} to ${Math.round(100 * bin.to)} %`,
    formatCount(bin.rows),
    formatPercent(bin.predicted),
    formatPercent(bin.observed),
  ]);
  const after = scaled
    ? ` At temperature ${formatFigure(scaled.temperature)}, chosen by these rows: ${formatFigure(scaled.ece)} and ${formatFigure(scaled.logLoss)}.`
    : '';
  const caption = 'On the diagonal, rows with a probability of 80 % are right in 80 % of the cases.';
  const table = htmlTable({ heads: ['probability', 'rows', 'mean', 'observed'], rows });
  return html`<p>Expected calibration error ${formatFigure(ece)}, log-loss ${formatFigure(logLoss)}.${after}</p>${figures([figure(drawLines(chart, id), caption), table])}`;
}

/** An axis of shares, from 0 to 100 %. */
export const SHARES = {
  scale: 'linear' as const,
  include: [0, 1],
  format: (share: number) => `${Math.round(100 * share)} %`,
};

function curve(name: string, look: number, bins: Calibration['bins']): Series {
  const data = bins.map(({ predicted, observed, rows }) => ({
    x: predicted,
    y: observed,
    note: counted(rows, 'row'),
  }));
  return { name, look: lookOf(look), data, line: 'solid', symbols: 'all' };
}

/** The line y = x, to compare with. */
export function diagonal(name: string, from: number, to: number): Series {
  const data = [from, to].map(value => ({ x: value, y: value }));
  return { name, look: MUTED, data, line: 'dotted' };
}
