/** A learning curve as text. Pure. */
import type { LearningCurve } from '../../lab/explain/learning-curve.js';
import { formatCount, formatPercent } from '../format.js';
import { formatMetric, nameOfMetric } from '../metric.js';
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

/** Heads of the table of a learning curve. */
export const headsOf = ({ metric }: LearningCurve) => {
  const name = nameOfMetric(metric);
  return ['training rows', `${name} on them`, `${name} on DATA`];
};

/** Its rows. */
export const rowsOf = ({ metric, points }: LearningCurve) =>
  points.map(({ rows, training, judged }) => [
    formatCount(rows),
    formatMetric(metric, training),
    formatMetric(metric, judged),
  ]);

export function learningCurveText(curve: LearningCurve): string {
  return `learning curve: the same training on fewer rows, and all\n\n${renderTable(headsOf(curve), rowsOf(curve))}\n\n${verdictOf(curve)}`;
}
