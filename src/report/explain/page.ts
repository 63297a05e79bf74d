/** An explanation as a page with pictures. Pure. */
import type { Dependence } from '../../lab/explain/dependence.js';
import type { Explanation } from '../../lab/explain/explain.js';
import type { Importances } from '../../lab/explain/importance.js';
import { calibrationBody } from '../calibration.js';
import { figure, figures } from '../figure.js';
import { counted, formatFigure } from '../format.js';
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { formatMetric, nameOfMetric } from '../metric.js';
import { renderPage, type Section } from '../page.js';
import type { Series } from '../plots/chart.js';
import { drawLines } from '../plots/line-chart.js';
import { lookOf } from '../plots/palette.js';
import { learningCurveBody } from './learning-curve-body.js';

/** Columns and outputs that are drawn. The table of importances and --json have all. */
const MOST_COLUMNS = 24;
const MOST_OUTPUTS = 6;

export function explanationPage(
  explanation: Explanation,
  { model, data, command, version }: { model: string; data: string; command: string; version: string },
): string {
  const { rows, importance, dependence = [], calibration, scaled, learningCurve } = explanation;
  const sections: Section[] = [];
  if (importance) sections.push({ heading: 'Importance of columns', body: importanceBody(importance) });
  if (dependence.length > 0)
    sections.push({ heading: 'Partial dependence', body: dependenceBody(dependence) });
  if (calibration)
    sections.push({ heading: 'Calibration', body: calibrationBody(calibration, 'reliability', scaled) });
  if (learningCurve) sections.push({ heading: 'Learning curve', body: learningCurveBody(learningCurve) });
  sections.push({ heading: 'Command', body: html`<pre>${command}</pre>` });
  return renderPage({
    title: `What ${model} has learnt`,
    lead: html`<p class="muted">On ${counted(rows, 'row')} of ${data}.</p>`,
    sections,
    version,
  });
}

function importanceBody({ metric, baseline, columns }: Importances): Content {
  const name = nameOfMetric(metric);
  const shown = columns.slice(0, MOST_COLUMNS);
  const chart = drawLines(
    {
      title: 'Importance',
      description: `Loss of ${name} when each column is shuffled, the most important first.`,
      x: {
        label: 'column',
        scale: 'linear',
        ticks: shown.map((_, i) => i + 1),
        format: i => shown[i - 1]!.column.slice(0, 10),
      },
      y: { label: `loss of ${name}`, scale: 'linear', include: [0] },
      series: [
        {
          name: 'mean and 95 % interval',
          look: lookOf(0),
          data: shown.map(({ column, mean, low, high }, i) => ({
            x: i + 1,
            y: mean,
            low,
            high,
            note: column,
          })),
          symbols: 'all',
          intervals: 'bars',
        },
      ],
    },
    'importance',
  );
  const rows = columns.map(({ column, mean, low, high }) => [
    column,
    formatFigure(mean),
    `${formatFigure(low)} to ${formatFigure(high)}`,
  ]);
  const caption = `${name} ${formatMetric(metric, baseline)}; how much is lost if the cells of a column are shuffled`;
  return html`${figure(chart, caption)}${htmlTable({ heads: ['column', `loss of ${name}`, '95 % interval'], rows })}`;
}

function dependenceBody(dependence: readonly Dependence[]): Content {
  const drawn = dependence
    .slice(0, MOST_COLUMNS)
    .map((one, i) => figure(drawLines(dependenceChart(one), `dependence-${i}`), one.column));
  return html`<p>Mean prediction if a column has one value in all rows.</p>${figures(drawn)}`;
}

function dependenceChart({ column, isCategory, values, outputs }: Dependence) {
  const places = values.map((value, i) => (isCategory ? i + 1 : Number(value)));
  const series: Series[] = outputs.slice(0, MOST_OUTPUTS).map(({ name, means }, k) => ({
    name,
    look: lookOf(k),
    data: means.map((y, i) => ({ x: places[i]!, y, note: String(values[i]) })),
    symbols: 'all',
    ...(!isCategory && { line: 'solid' }),
  }));
  const names = { ticks: places, format: (i: number) => String(values[i - 1] ?? '').slice(0, 10) };
  return {
    title: column,
    description: `Mean prediction by ${column}.`,
    x: { label: column, scale: 'linear' as const, ...(isCategory && names) },
    y: { label: 'mean prediction', scale: 'linear' as const },
    series,
  };
}
