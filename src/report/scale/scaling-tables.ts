/** Measurements, fits and predictions of a strong or weak scaling study as tables. */

import type { Curve, Fit, Point, Prediction, ScalingStudy } from '../../lab/scale/scaling-schema.js';
import type { Estimate, NetworkLink, Statistic } from '../../lab/scale/study-header.js';
import { PHASES, RANK_PHASES } from '../../model/plan.js';
import {
  counted,
  formatBytes,
  formatCount,
  formatFigure,
  formatPercent,
  formatShort,
  orDash,
} from '../format.js';
import { type Content, type Html, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { curveName } from './curve-name.js';
import { lawNote } from './law-note.js';
import { LAW_NAMES, measuredPoints, pointsById } from './scaling-charts.js';

/** Every point of the curve with the spread of its repeats. */
export function pointTable(study: ScalingStudy, curve: Curve): Html {
  const byId = pointsById(study);
  const ids = new Set([curve.serialPoint, ...curve.scaling.map(({ point }) => point)]);
  const points = [...ids].flatMap(id => byId.get(id) ?? []);
  return htmlTable({
    caption: `Measured: medians of the repeats, each in a separate process${coverageText(points)}`,
    heads: [
      'point',
      'batch',
      'shards',
      'repeats',
      'samples/s',
      'interval',
      'MAD',
      'step',
      'GFLOP/s',
      'of product',
      'imbalance',
      'memory',
    ],
    rows: points.map(point => pointRow(point, curve)),
  });
}

function pointRow(point: Point, curve: Curve): string[] {
  const { samplesPerSecond, stepSeconds, gflops, productGflops, imbalance, peakBytes } = point;
  const role = point.id === curve.serialPoint ? ', best serial' : '';
  return [
    `${teamName(point)}${role}${point.excluded === null ? '' : ' *'}`,
    formatCount(point.batchSize),
    String(point.shards),
    String(samplesPerSecond.count),
    formatCount(samplesPerSecond.median),
    intervalText(samplesPerSecond),
    formatCount(samplesPerSecond.mad),
    formatShort(stepSeconds.median),
    gflops.median.toFixed(1),
    // The product is that of one rank.
    point.ranks === 1 ? formatPercent(gflops.median / productGflops.median) : '–',
    imbalance.median.toFixed(3),
    formatBytes(peakBytes.median),
  ];
}

/** The confidence of the intervals depends only on the number of repeats. */
function coverageText(points: readonly Point[]): string {
  const coverages = points.map(({ samplesPerSecond: { count, coverage } }) => (count > 1 ? coverage : 1));
  const least = Math.min(...coverages);
  return least < 1 ? `; intervals hold with ${(100 * least).toFixed(1)} % confidence` : '';
}

function intervalText({ count, low, high }: Statistic): string {
  return count > 1 ? `${formatCount(low)} – ${formatCount(high)}` : '–';
}

/** Speedup, efficiency and losses; below the table, why points are left out of fits. */
export function scalingTable(curve: Curve): Content {
  const { scaling } = curve;
  const ranks = hasRanks(curve);
  const reasons = scaling.flatMap(({ excluded }) => (excluded === null ? [] : [html`<li>${excluded}</li>`]));
  return html`${htmlTable({
    caption:
      'Scaling, with 95 % intervals. Serial fraction: estimated from times (Karp–Flatt), and from the phases',
    heads: [
      ...(ranks ? ['ranks'] : []),
      'workers',
      'speedup',
      'vs. one worker',
      'efficiency',
      'Karp–Flatt e',
      'waiting',
      ...(ranks ? ['exchange'] : []),
      'extra work',
      'sum of them',
    ],
    rows: scaling.map(one => [
      ...(ranks ? [String(one.ranks)] : []),
      `${one.workers}${one.excluded === null ? '' : ' *'}`,
      ratioText(one.speedup),
      orDash(one.speedupOverOne, ratioText),
      estimateText(one.efficiency, formatShare),
      orDash(one.karpFlatt, ratioText),
      orDash(one.serial?.waiting, formatRatio),
      ...(ranks ? [orDash(one.serial?.exchange, formatRatio)] : []),
      orDash(one.serial?.extraWork, formatRatio),
      orDash(one.serial, ({ waiting, exchange, extraWork }) => formatRatio(waiting + exchange + extraWork)),
    ]),
  })}${reasons.length === 0 ? null : html`<p class="muted">* left out of fits:</p><ul class="muted">${reasons}</ul>`}`;
}

/** Whether a curve has points on several ranks. */
export function hasRanks({ scaling }: Curve): boolean {
  return scaling.some(({ ranks }) => ranks > 1);
}

/** 4 workers; 4 workers on 2 ranks */
export function teamName({ ranks, workers }: Pick<Point, 'ranks' | 'workers'>): string {
  const all = counted(workers, 'worker');
  return ranks === 1 ? all : `${all} on ${counted(ranks, 'rank')}`;
}

/** One line for each curve: its results at the largest worker count that is included in fits. */
export function overviewTable(study: ScalingStudy): Html {
  const points = pointsById(study);
  const rows = study.curves.flatMap(curve => {
    const serial = points.get(curve.serialPoint);
    const last = curve.scaling.filter(({ excluded }) => excluded === null).at(-1);
    const point = last && points.get(last.point);
    if (!serial || !last || !point) return [];
    return [
      [
        curveName(curve, study.curves),
        formatCount(serial.samplesPerSecond.median),
        String(last.workers),
        formatCount(point.samplesPerSecond.median),
        point.gflops.median.toFixed(1),
        ratioText(last.speedup),
        estimateText(last.efficiency, formatShare),
      ],
    ];
  });
  return htmlTable({
    caption:
      'Largest worker count with a core for each, relative to the best serial run, with 95 % intervals',
    heads: ['network', 'serial samples/s', 'workers', 'samples/s', 'GFLOP/s', 'speedup', 'efficiency'],
    rows,
  });
}

const formatRatio = (value: number) => value.toFixed(3).replace('-', '−');
const formatShare = (part: number) => `${(100 * part).toFixed(1)} %`;
const ratioText = (ratio: Estimate) => estimateText(ratio, formatRatio);

/** 1.93 [1.90, 1.96] */
export function estimateText(
  { value, low, high, standardError }: Estimate,
  format: (value: number) => string,
): string {
  const text = standardError === null ? format(value) : `${format(value)} [${format(low)}, ${format(high)}]`;
  return text.replaceAll('-', '−');
}

/** The fitted laws with their parameters and quality of fit, or why one was not fitted. */
export function fitTable({ fits }: Curve): Html {
  return htmlTable({
    caption: 'Fitted laws, by bounded least squares over all samples, with 95 % intervals',
    heads: ['law', 'parameters', 'R²', 'residual SE', 'degrees of freedom', 'peak'],
    rows: fits.map(fitRow),
    words: true,
  });
}

const PARAMETER_NAMES: Record<string, string> = { serialFraction: 's', gamma: 'γ', alpha: 'α', beta: 'β' };

function fitRow(fit: Fit): Content[] {
  const name = LAW_NAMES[fit.law];
  if (!fit.fitted) return [name, html`<em>not fitted:</em> ${fit.reason}`, '–', '–', '–', '–'];
  const parameters = Object.entries(fit.parameters).map(
    ([key, estimate]) => html`${PARAMETER_NAMES[key] ?? key} = ${estimateText(estimate, formatFigure)}<br>`,
  );
  const note = lawNote(fit);
  return [
    name,
    note === null ? parameters : [...parameters, html`<em>${note}</em>`],
    fit.rSquared.toFixed(4).replace('-', '−'),
    formatFigure(fit.residualStandardError),
    String(fit.degreesOfFreedom),
    orDash(
      fit.peak,
      ({ workers, value }) => `${workers.toFixed(1)} workers: ${formatCount(value)} samples/s`,
    ),
  ];
}

/** Phases at each worker count, as durations and shares. */
export function phaseTable(study: ScalingStudy, curve: Curve): Html {
  const shown = hasRanks(curve) ? RANK_PHASES : PHASES;
  return htmlTable({
    caption: 'Mean step by phase, averaged over workers and repeats; of rank 0 if there are several',
    heads: ['workers', ...shown],
    rows: measuredPoints(study, curve).map(({ scaling, point: { phases } }) => {
      const seconds = shown.map(phase => phases[phase] ?? 0);
      const total = seconds.reduce((sum, one) => sum + one, 0);
      const cells = seconds.map(one => `${formatShort(one)}, ${formatPercent(one / total)}`);
      return [hasRanks(curve) ? teamName(scaling) : String(scaling.workers), ...cells];
    }),
  });
}

/** Predictions and the rates they are based on; null if there are none. */
export function predictionTables({ projection }: Curve): Content {
  const { rates, heldOut, predictions } = projection;
  if (predictions.length === 0 && heldOut.length === 0) return null;
  const rate = [
    `arithmetic of one worker, ${rates.computeGflops.toFixed(1)} GFLOP/s`,
    ...(rates.updateBytesPerSecond === null
      ? []
      : [`memory traffic of its update, ${formatBytes(rates.updateBytesPerSecond)}/s`]),
    ...(rates.barrierSeconds === null
      ? []
      : [`barrier, ${formatShort(rates.barrierSeconds)} for each further worker`]),
    ...(rates.link === null ? [] : [linkText(rates.link)]),
  ];
  return html`<p>Predicted, not measured, from the rates of single workers: ${rate.join('; ')}.</p>${
    heldOut.length === 0
      ? null
      : htmlTable({
          caption: 'How reliable this is: predictions for worker counts that were also measured',
          heads: [...PREDICTION_HEADS, 'measured step', 'error'],
          rows: heldOut.map(({ prediction, measuredStepSeconds, error }) => [
            ...predictionCells(prediction),
            formatShort(measuredStepSeconds),
            `${error > 0 ? '+' : ''}${formatPercent(error)}`,
          ]),
        })
  }${
    predictions.length === 0
      ? null
      : htmlTable({ caption: 'Predictions', heads: PREDICTION_HEADS, rows: predictions.map(predictionCells) })
  }`;
}

/** link between two ranks, 117 MB/s and 25 µs */
export function linkText({ bytesPerSecond, latencySeconds }: NetworkLink): string {
  return `link between two ranks, ${formatBytes(bytesPerSecond)}/s and ${formatShort(latencySeconds)}`;
}

export const PREDICTION_HEADS = [
  'workers',
  'machines',
  'batch',
  'samples/s',
  'step',
  'compute',
  'update',
  'barrier',
  'network',
];

export function predictionCells(prediction: Prediction): string[] {
  const { workers, machines, batchSize, samplesPerSecond, stepSeconds, parts } = prediction;
  return [
    ...[workers, machines, batchSize, samplesPerSecond].map(formatCount),
    ...[stepSeconds, parts.compute, parts.update, parts.barrier].map(formatShort),
    parts.network === 0 ? '–' : formatShort(parts.network),
  ];
}
