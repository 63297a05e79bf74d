/** An explanation as text for terminals. */
import type { Calibration } from '../../lab/explain/calibration.js';
import type { Dependence } from '../../lab/explain/dependence.js';
import type { Explanation } from '../../lab/explain/explain.js';
import type { Importances } from '../../lab/explain/importance.js';
import { counted, formatCount, formatFigure, formatPercent, shorten } from '../format.js';
import { formatMetric, nameOfMetric } from '../metric.js';
import { renderTable } from '../table.js';
import { learningCurveText } from './learning-curve.js';

const LONGEST_NAME = 30;

export function explanationText({
  rows,
  importance,
  dependence = [],
  calibration,
  scaled,
  learningCurve,
}: Explanation): string {
  return [
    ...(importance ? [importanceText(importance, rows)] : []),
    ...(dependence.length > 0 ? [dependenceText(dependence)] : []),
    ...(calibration ? [calibrationText(calibration)] : []),
    ...(scaled ? [scaledText(scaled)] : []),
    ...(learningCurve ? [learningCurveText(learningCurve)] : []),
  ].join('\n\n');
}

function importanceText({ metric, baseline, columns }: Importances, rows: number): string {
  const heads = ['column', `loss of ${nameOfMetric(metric)}`, '95 % interval'];
  const lines = columns.map(({ column, mean, low, high }) => [
    shorten(column, LONGEST_NAME),
    formatFigure(mean),
    `${formatFigure(low)} to ${formatFigure(high)}`,
  ]);
  const shuffles = columns[0]?.values.length ?? 0;
  const head = `${nameOfMetric(metric)} ${formatMetric(metric, baseline)} on ${counted(rows, 'row')}; loss if a column is shuffled, mean of ${counted(shuffles, 'shuffle')}:`;
  return `${head}\n\n${renderTable(heads, lines)}`;
}

/** By how much the mean predictions move over the values of each column. */
function dependenceText(dependence: readonly Dependence[]): string {
  const lines = dependence.map(({ column, values, outputs }) => {
    const spans = outputs.map(({ name, means }) => ({
      name,
      least: Math.min(...means),
      most: Math.max(...means),
      means,
    }));
    const widest = spans.reduce((most, one) => (one.most - one.least > most.most - most.least ? one : most));
    const at = (mean: number) => shorten(String(values[widest.means.indexOf(mean)]), LONGEST_NAME);
    return [
      shorten(column, LONGEST_NAME),
      shorten(widest.name, LONGEST_NAME),
      `${formatFigure(widest.least)} at ${at(widest.least)}`,
      `${formatFigure(widest.most)} at ${at(widest.most)}`,
    ];
  });
  const heads = ['column', 'output', 'least', 'most'];
  return `mean prediction if a column has one value in all rows:\n\n${renderTable(heads, lines, 2)}`;
}

function calibrationText({ bins, ece, logLoss }: Calibration): string {
  const lines = bins.map(({ from, to, rows, predicted, observed }) => [
    `${formatPercent(from)} to ${formatPercent(to)}`,
    formatCount(rows),
    formatPercent(predicted),
    formatPercent(observed),
  ]);
  const head = `calibration: expected calibration error ${formatFigure(ece)}, log-loss ${formatFigure(logLoss)}`;
  return `${head}\n\n${renderTable(['probability', 'rows', 'mean', 'observed'], lines)}`;
}

function scaledText({ temperature, ece, logLoss }: Calibration & { temperature: number }): string {
  return `with probabilities at temperature ${formatFigure(temperature)}, chosen by these rows: expected calibration error ${formatFigure(ece)}, log-loss ${formatFigure(logLoss)}`;
}
