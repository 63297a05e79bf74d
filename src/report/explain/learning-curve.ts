/** A learning curve as text and as a picture. Pure. */
import type { LearningCurve } from '../../lab/explain/learning-curve.js';
import { figure } from '../figure.js';
import { formatCount, formatPercent } from '../format.js';
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { formatMetric, nameOfMetric } from '../metric.js';
import { drawLines } from '../plots/line-chart.js';
import { lookOf } from '../plots/palette.js';
import { renderTable } from '../table.js';

/** Changes of the error that count, from half of the rows to all: that of one training each differs by some percent by chance. */
const CLEAR = 0.1;
const SLIGHT = 0.05;

/** Whether more rows would help. */
export function verdictOf({ gain }: LearningCurve): string {
  if (gain === null) {
    return 'Whether more rows would help is not known: with half of the training rows or all of them, the error is 0 or not defined.';
  }
  const size = formatPercent(Math.abs(gain));
  const change = gain >= 0 ? `falls by ${size}` : `grows by ${size}`;
  const advice =
    gain >= CLEAR
      ? 'more rows would probably help'
      : gain >= SLIGHT
        ? 'more rows would help a little'
        : 'more rows of this kind would hardly help';
  return `From half of the training rows to all of them, the error ${change}: ${advice}.`;
}

const headsOf = ({ metric }: LearningCurve) => {
  const name = nameOfMetric(metric);
  return ['training rows', `${name} on them`, `${name} on DATA`];
};

const rowsOf = ({ metric, points }: LearningCurve) =>
  points.map(({ rows, training, judged }) => [
    formatCount(rows),
    formatMetric(metric, training),
    formatMetric(metric, judged),
  ]);

export function learningCurveText(curve: LearningCurve): string {
  return `learning curve: the same training on fewer rows, and all\n\n${renderTable(headsOf(curve), rowsOf(curve))}\n\n${verdictOf(curve)}`;
}

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
