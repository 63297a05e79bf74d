/** The section of a page that shows predictions of the validation rows: beside true values, or as ROC curve and calibration. */
import { calibrationBody, diagonal, SHARES } from '../calibration.js';
import { figure, figures } from '../figure.js';
import { counted, formatCount, formatFigure } from '../format.js';
import { type Content, html } from '../html.js';
import type { Pictures, RocPicture, TargetPicture } from '../pictures.js';
import type { Chart } from '../plots/chart.js';
import { drawLines } from '../plots/line-chart.js';
import { lookOf, MUTED } from '../plots/palette.js';
import type { Run } from './record.js';

/** null if no run has anything to show. */
export function picturesSection(runs: readonly Run[]): Content {
  const bodies = runs.flatMap(({ name, pictures }, i) => {
    const body = oneRun(pictures, `run-${i}`);
    if (body === null) return [];
    return [runs.length > 1 ? html`<h3>${name}</h3>${body}` : body];
  });
  return bodies.length === 0 ? null : html`${bodies}`;
}

function oneRun({ targets = [], roc = [], calibration }: Pictures, id: string): Content {
  const parts = [
    ...targets.map((target, k) => targetBody(target, `${id}-target-${k}`)),
    ...(roc.length > 0 ? [figures([figure(drawLines(rocChart(roc), `${id}-roc`), ROC_CAPTION)])] : []),
    ...(calibration ? [calibrationBody(calibration, `${id}-reliability`)] : []),
  ];
  return parts.length === 0 ? null : html`${parts}`;
}

function targetBody({ target, points, quantiles, farthest, rows }: TargetPicture, id: string): Content {
  const [q05, q25, q50, q75, q95] = quantiles.map(formatFigure);
  const shown =
    points.length < rows
      ? `${formatCount(points.length)} of ${counted(rows, 'row')}, evenly spaced.`
      : `${counted(rows, 'row')}.`;
  return html`<p>Residuals y − ŷ of ${target}: half of them lie between ${q25!} and ${q75!}, 90 % between ${q05!} and ${q95!}; the median is ${q50!}, the farthest from 0 ${formatFigure(farthest)}.</p>${figures(
    [
      figure(
        drawLines(trueChart(target, points), `${id}-true`),
        `${shown} On the line, predictions are true.`,
      ),
      figure(
        drawLines(residualChart(target, points), `${id}-residuals`),
        `${shown} A shape other than a level band is something the model has not learnt.`,
      ),
    ],
  )}`;
}

/** Predictions by true value. */
function trueChart(target: string, points: TargetPicture['points']): Chart {
  const all = points.flat();
  const least = all.reduce((a, b) => Math.min(a, b));
  const most = all.reduce((a, b) => Math.max(a, b));
  const data = points.map(([x, y]) => ({ x, y }));
  return {
    title: `Predicted against true ${target}`,
    description: `Predictions of ${counted(points.length, 'row')} by their true values, ${formatFigure(least)} to ${formatFigure(most)}.`,
    x: { label: 'true →', scale: 'linear' },
    y: { label: '↑ predicted', scale: 'linear' },
    series: [{ name: 'rows', look: lookOf(0), data, symbols: 'cloud' }, diagonal('equal', least, most)],
  };
}

/** Residuals by prediction. */
function residualChart(target: string, points: TargetPicture['points']): Chart {
  const data = points.map(([y, yHat]) => ({ x: yHat, y: y - yHat }));
  const ends = data.map(({ x }) => x).sort((a, b) => a - b);
  return {
    title: `Residuals of ${target}`,
    description: `True value minus prediction of ${counted(points.length, 'row')}, by prediction.`,
    x: { label: 'predicted →', scale: 'linear' },
    y: { label: '↑ true − predicted', scale: 'linear' },
    series: [
      { name: 'rows', look: lookOf(0), data, symbols: 'cloud' },
      { name: 'none', look: MUTED, data: [ends[0]!, ends.at(-1)!].map(x => ({ x, y: 0 })), line: 'dotted' },
    ],
  };
}

const ROC_CAPTION =
  'Each point is a threshold of the probability; the more to the upper left, the better the classes are told apart.';

function rocChart(curves: readonly RocPicture[]): Chart {
  const areas = curves.map(({ name, auc }) => `${name}: AUC ${auc.toFixed(4)}`);
  return {
    title: 'ROC curve',
    description: `Share of the class found by share of the other rows taken for it. ${areas.join('; ')}.`,
    x: { ...SHARES, label: 'other rows taken for the class →' },
    y: { ...SHARES, label: '↑ rows of the class found' },
    series: [
      ...curves.map(({ points }, k) => ({
        name: areas[k]!,
        look: lookOf(k),
        data: points,
        line: 'solid' as const,
        symbols: 'few' as const,
      })),
      diagonal('chance', 0, 1),
    ],
  };
}
