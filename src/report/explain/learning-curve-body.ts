/** A learning curve as a picture and a table, for a page. Pure. */
import type { LearningCurve } from '../../lab/explain/learning-curve.js';
import { figure } from '../figure.js';
import { formatCount } from '../format.js';
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { formatMetric, nameOfMetric } from '../metric.js';
import { drawLines } from '../plots/line-chart.js';
import { lookOf } from '../plots/palette.js';
import { headsOf, rowsOf, verdictOf } from './learning-curve.js';

/** What the page shows of a learning curve. */
export function learningCurveBody(curve: LearningCurve): Content {
  const { metric, points } = curve;
  const line = (name: string, look: number, key: 'training' | 'judged') => ({
    name,
    look: lookOf(look),
    data: points.map(point => ({
      x: point.rows,
      y: point[key],
      note: `${formatCount(point.rows)} rows: ${formatMetric(metric, point[key])}`,
    })),
    line: key === 'judged' ? ('solid' as const) : ('dashed' as const),
    symbols: 'all' as const,
  });
  const chart = drawLines(
    {
      title: 'Learning curve',
      description: `${nameOfMetric(metric)} by number of training rows. ${verdictOf(curve)}`,
      x: { label: 'training rows (logarithmic) →', scale: 'log', ticks: points.map(({ rows }) => rows) },
      y: { label: `↑ ${nameOfMetric(metric)}`, scale: 'linear' },
      series: [line('on the training rows', 1, 'training'), line('on DATA', 0, 'judged')],
    },
    'learning-curve',
  );
  const caption = 'The same training on parts of its rows, each within the next.';
  return html`<p>${verdictOf(curve)}</p>${figure(chart, caption)}${htmlTable({ heads: headsOf(curve), rows: rowsOf(curve) })}`;
}
