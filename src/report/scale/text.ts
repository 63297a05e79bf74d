/** Results of a study as text for the terminal. Pure functions. */

import type { BatchCurve, BatchStudy } from '../../lab/scale/batch-schema.js';
import type { Curve, Fit, Point, Projection, ScalingStudy } from '../../lab/scale/scaling-schema.js';
import type { Study } from '../../lab/scale/schema.js';
import type { Estimate, Statistic } from '../../lab/scale/study-header.js';
import { isRising } from '../../model/metric.js';
import {
  counted,
  formatCount,
  formatDuration,
  formatFigure,
  formatPercent,
  formatShort,
  orDash,
} from '../format.js';
import { renderTable } from '../table.js';
import { FACTOR_HEADS, factorRows } from './factor-tables.js';
import { lawNote } from './law-note.js';
import {
  largestRoofed,
  ROOFLINE_HEADS,
  ROOFLINE_NOTE,
  roofedName,
  rooflineRows,
  roofsText,
} from './roofline.js';
import { LAW_NAMES, pointsById } from './scaling-charts.js';
import { hasRanks, linkText, PREDICTION_HEADS, predictionCells, teamName } from './scaling-tables.js';

export function studyText(study: Study): string {
  const { machine } = study;
  const cores = `${machine.usableCores} of ${machine.cores} cores`;
  const head = `${machine.cpu}, ${cores} · ${Object.values(machine.backends).join(' · ')} · Node.js ${machine.node}`;
  const parts =
    study.mode === 'batch' ? batchTexts(study) : study.curves.map(curve => curveText(study, curve));
  return [head, ...parts, `SHA-256 of study.json: ${study.sha256}`].join('\n\n');
}

function curveText(study: ScalingStudy, curve: Curve): string {
  const points = pointsById(study);
  const rows =
    study.mode === 'weak'
      ? `${formatCount(curve.batchSize)} rows per worker`
      : `batches of ${formatCount(curve.batchSize)}`;
  const serial = points.get(curve.serialPoint)!;
  return [
    [curve.layers.join(','), curve.backend, rows, ...eachText(curve)].join(' · '),
    scalingTable(curve, points),
    disturbedText(curve, points),
    renderTable(FACTOR_HEADS, factorRows(study, curve)),
    rooflineText(study, curve),
    serial.role === 'serial'
      ? `best serial run: ${rangeText(serial.samplesPerSecond, formatCount)} samples/s`
      : null,
    ...curve.scaling.flatMap(({ workers, excluded }) =>
      excluded === null ? [] : `${workers} workers: left out of fits, ${excluded}`,
    ),
    ...curve.fits.map(fitText),
    projectionText(curve.projection),
  ]
    .filter(part => part !== null)
    .join('\n');
}

/** Whether the machine did other things while it was measured. */
function disturbedText(curve: Curve, points: ReadonlyMap<string, Point>): string | null {
  const all = curve.scaling.map(({ point }) => points.get(point)!);
  const disturbed = all.reduce((sum, point) => sum + point.disturbed, 0);
  if (disturbed === 0) return null;
  const most = Math.max(...all.map(({ disturbance }) => disturbance));
  return `disturbed: ${counted(disturbed, 'sample')}, with up to ${formatPercent(most)} of the machine’s time stolen or used by others`;
}

/** The roofs of all teams, and the parts of a step of the largest below them. */
function rooflineText(study: ScalingStudy, curve: Curve): string | null {
  const largest = largestRoofed(study, curve);
  if (largest === null) return null;
  const { scaling, roofs } = largest;
  return [
    `roofline of ${roofedName(curve, scaling)}; roofs of a process of ${roofsText(roofs)}`,
    renderTable(ROOFLINE_HEADS, rooflineRows(scaling.roofline), 2),
    ROOFLINE_NOTE,
  ].join('\n');
}

function eachText({ workersPerRank }: Curve): string[] {
  return workersPerRank === null ? [] : [`${counted(workersPerRank, 'worker')} on each rank`];
}

function scalingTable(curve: Curve, points: ReadonlyMap<string, Point>): string {
  const ranks = hasRanks(curve);
  const heads = [
    ...(ranks ? ['ranks'] : []),
    'workers',
    'samples/s',
    'GFLOP/s',
    'step',
    'speedup',
    'efficiency',
    'serial (Karp–Flatt)',
    'waiting',
    ...(ranks ? ['exchange'] : []),
    'extra work',
  ];
  const rows = curve.scaling.map(
    ({ ranks: count, workers, point, speedup, efficiency, karpFlatt, serial, excluded }) => {
      const { samplesPerSecond, gflops, stepSeconds } = points.get(point)!;
      return [
        ...(ranks ? [String(count)] : []),
        `${workers}${excluded === null ? '' : ' *'}`,
        rangeText(samplesPerSecond, formatCount),
        gflops.median.toFixed(1),
        formatShort(stepSeconds.median),
        errorText(speedup, 3),
        formatPercent(efficiency.value),
        orDash(karpFlatt, e => errorText(e, 4)),
        orDash(serial, ({ waiting }) => waiting.toFixed(4)),
        ...(ranks ? [orDash(serial, ({ exchange }) => exchange.toFixed(4))] : []),
        orDash(serial, ({ extraWork }) => extraWork.toFixed(4)),
      ];
    },
  );
  return renderTable(heads, rows);
}

/** 351,000 (349,000 to 352,000) */
function rangeText({ median, low, high, count }: Statistic, format: (value: number) => string): string {
  return count === 1 ? format(median) : `${format(median)} (${format(low)} to ${format(high)})`;
}

/** 1.912 ± 0.021, where ± gives half the width of the 95 % interval */
function errorText({ value, standardError, high }: Estimate, digits: number): string {
  return standardError === null
    ? value.toFixed(digits)
    : `${value.toFixed(digits)} ± ${(high - value).toFixed(digits)}`;
}

function fitText(fit: Fit): string {
  const name = LAW_NAMES[fit.law];
  if (!fit.fitted) return `${name}: not fitted: ${fit.reason}`;
  const parameters = Object.entries(fit.parameters).map(([parameter, { value, standardError, high }]) =>
    standardError === null
      ? `${parameter} ${formatFigure(value)} (at its bound)`
      : `${parameter} ${formatFigure(value)} ± ${formatFigure(high - value)}`,
  );
  const peak = fit.peak === null ? '' : `, peak at ${fit.peak.workers.toFixed(1)} workers`;
  const note = lawNote(fit);
  const line = `${name}: ${parameters.join(', ')}, R² ${fit.rSquared.toFixed(4)}${peak}`;
  return note === null ? line : `${line}\n  ${note}`;
}

function projectionText({ rates, heldOut, predictions }: Projection): string | null {
  const held = heldOut.map(
    ({ prediction: { workers, machines, stepSeconds }, measuredStepSeconds, error }) =>
      `predicted from one worker: ${teamName({ ranks: machines, workers })} ${formatShort(stepSeconds)}, measured ${formatShort(measuredStepSeconds)}: error ${formatPercent(error)}`,
  );
  if (rates.link !== null) held.unshift(linkText(rates.link));
  if (predictions.length === 0) return held.length === 0 ? null : held.join('\n');
  const [, ...heads] = PREDICTION_HEADS;
  const table = renderTable(['workers, predicted', ...heads], predictions.map(predictionCells));
  return [...held, table].join('\n');
}

function batchTexts(study: BatchStudy): string[] {
  const { target, learningRates } = study.configuration.search!;
  const sign = isRising(target.metric) ? '≥' : '≤';
  const aim = `target: validation ${target.metric} ${sign} ${target.value}; learning rates ${learningRates.low} to ${learningRates.high}`;
  return [aim, ...study.curves.map(batchText)];
}

function batchText({ layers, backend, workers, points, noiseScales }: BatchCurve): string {
  const heads = ['batch', 'reached', 'diverged', 'steps', 'perfect', 'epochs', 'time', 'learning rate'];
  const rows = points.map(({ batchSize, trials, reached, diverged, best, perfectSteps, edge }) => [
    formatCount(batchSize),
    `${reached} of ${trials}`,
    String(diverged),
    orDash(best?.steps, formatCount),
    orDash(perfectSteps, formatCount),
    orDash(best?.epochs, epochs => epochs.toFixed(2)),
    orDash(best?.seconds, formatDuration),
    orDash(best, one => `${formatFigure(one.learningRate)}${edge === null ? '' : ` (${edge} edge)`}`),
  ]);
  const edges = points.some(({ edge }) => edge !== null)
    ? ['edge: the best learning rate is at the end of the range; try a wider one']
    : [];
  const noise = noiseScales.map(({ moment, step, scale }) => {
    const size =
      scale === null
        ? 'cannot be estimated: |G|² is not above 0'
        : `${formatCount(scale.value)} rows (${formatCount(scale.low)} to ${formatCount(scale.high)})`;
    return `gradient noise scale, ${moment} (step ${formatCount(step)}): ${size}`;
  });
  return [
    `${layers.join(',')} · ${backend} · ${counted(workers, 'worker')}`,
    renderTable(heads, rows),
    ...edges,
    ...noise,
  ].join('\n');
}
