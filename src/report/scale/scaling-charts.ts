/** Charts of a single curve of a strong or weak scaling study, and of all curves together. Pure functions. */
import type { Curve, FittedLaw, Point, Scaling, ScalingStudy } from '../../lab/scale/scaling-schema.js';
import { RANK_PHASES } from '../../model/plan.js';
import { counted, formatCount, formatPercent } from '../format.js';
import { phaseStack } from '../phases.js';
import type { Axis, Chart, Datum, Series } from '../plots/chart.js';
import { type Look, lookOf, MUTED } from '../plots/palette.js';
import type { StackChart } from '../plots/stack-chart.js';
import { valueTicks } from '../plots/ticks.js';
import { curveName, fullName } from './curve-name.js';

type Quantity = 'speedup' | 'efficiency';

/** Above this many workers, their axis is logarithmic. */
const MANY_WORKERS = 12;

export const LAW_NAMES = {
  amdahl: 'Amdahl',
  gustafson: 'Gustafson',
  usl: 'Universal Scalability Law',
} as const;
const LAW_LOOKS: Record<keyof typeof LAW_NAMES, Look> = {
  amdahl: lookOf(1),
  gustafson: lookOf(1),
  usl: lookOf(3),
};
const EFFICIENCY_AXIS: Axis = {
  label: '↑ efficiency',
  scale: 'linear',
  include: [0, 1],
  format: value => `${Number((100 * value).toFixed(1))} %`,
};

export function pointsById(study: ScalingStudy): ReadonlyMap<string, Point> {
  return new Map(study.points.map(point => [point.id, point]));
}

/** The rows of a curve, each with its point. */
export function measuredPoints(study: ScalingStudy, curve: Curve): { scaling: Scaling; point: Point }[] {
  const points = pointsById(study);
  return curve.scaling.flatMap(scaling => {
    const point = points.get(scaling.point);
    return point ? [{ scaling, point }] : [];
  });
}

/** Mean step by phase for each worker count. */
export function phaseChart(study: ScalingStudy, curve: Curve): StackChart {
  const bars = measuredPoints(study, curve).map(({ scaling, point }) => ({
    name: String(scaling.workers),
    seconds: RANK_PHASES.map(phase => point.phases[phase] ?? 0),
  }));
  return phaseStack(bars, 'workers →');
}

/** Measured speedup, ideal speedup, and the fitted laws. */
export function speedupChart(study: ScalingStudy, curve: Curve): Chart {
  const serial = pointsById(study).get(curve.serialPoint)?.samplesPerSecond.median;
  const fits = fittedLaws(curve).flatMap(fit => {
    if (fit.quantity === 'speedup') return [fitSeries(fit, curve, 1)];
    // X(p) divided by X of the serial run is the speedup.
    return serial === undefined ? [] : [fitSeries(fit, curve, 1 / serial)];
  });
  return {
    title: 'Speedup',
    description: `Speedup over the best serial run, measured: ${listOf(curve.scaling, 'speedup')}.`,
    x: workersAxis([curve]),
    y: speedupAxis([curve]),
    series: [
      idealSeries([curve], 'speedup'),
      ...fits,
      { ...measuredSeries('measured', lookOf(0), curve, 'speedup'), intervals: 'bars' },
    ],
    hollow: hollowText(curve),
  };
}

/** Speedup divided by workers, or T₁/T(p) in a weak study. */
export function efficiencyChart(curve: Curve): Chart {
  return {
    title: 'Efficiency',
    description: `Efficiency, measured: ${listOf(curve.scaling, 'efficiency')}.`,
    x: workersAxis([curve]),
    y: EFFICIENCY_AXIS,
    series: [
      idealSeries([curve], 'efficiency'),
      { ...measuredSeries('measured', lookOf(0), curve, 'efficiency'), line: 'solid', intervals: 'bars' },
    ],
    hollow: hollowText(curve),
  };
}

/** Samples per second, with the laws fitted to them. */
export function throughputChart(study: ScalingStudy, curve: Curve): Chart {
  const measured = throughputSeries(study, curve);
  return {
    title: 'Throughput',
    description: `Measured samples per second: ${measured.data.map(({ x, y }) => `${x} workers ${formatCount(y)}`).join(', ')}.`,
    x: workersAxis([curve]),
    y: {
      label: '↑ samples/s',
      scale: workersScale([curve]),
      include: workersScale([curve]) === 'linear' ? [0] : [],
    },
    series: [...throughputFits(curve).map(fit => fitSeries(fit, curve, 1)), measured],
    hollow: hollowText(curve),
  };
}

/**
 * Predictions beside the measurements and fits they are based on, in a separate plot as they were not
 * measured; null if there are none.
 */
export function projectionChart(study: ScalingStudy, curve: Curve): Chart | null {
  const { predictions } = curve.projection;
  if (predictions.length === 0) return null;
  const predicted = (name: string, look: Look, several: boolean): Series => ({
    name,
    look,
    line: 'dashed',
    symbols: 'all',
    data: predictions
      .filter(({ machines }) => machines > 1 === several)
      .map(({ workers, machines, samplesPerSecond }) => ({
        x: workers,
        y: samplesPerSecond,
        hollow: true,
        note: `predicted, ${workers} workers on ${counted(machines, 'machine')}: ${formatCount(samplesPerSecond)} samples/s`,
      })),
  });
  const series = [
    ...throughputFits(curve).map(fit => ({
      ...fitSeries(fit, curve, 1, Infinity),
      line: 'dotted' as const,
      name: `${LAW_NAMES[fit.law]}, extrapolated`,
    })),
    predicted('predicted, one machine', lookOf(2), false),
    predicted('predicted, several machines', { ...lookOf(5), symbol: 'diamond' }, true),
    throughputSeries(study, curve),
  ].filter(({ data }) => data.length > 0);
  const workers = series.flatMap(({ data }) => data.map(({ x }) => x));
  return {
    title: 'Prediction',
    description: `Predicted (not measured) samples per second: ${predictions
      .map(one => `${one.workers} workers on ${one.machines} machines ${formatCount(one.samplesPerSecond)}`)
      .join(', ')}.`,
    x: { label: 'workers →', scale: 'log', ticks: valueTicks(workers.filter(Number.isInteger)) },
    y: { label: '↑ samples/s', scale: 'log' },
    series,
  };
}

/** All curves in one plot, without fits and intervals, which would overlap. */
export function overviewChart(curves: readonly Curve[], quantity: Quantity): Chart {
  const efficiency = quantity === 'efficiency';
  const series = curves.map(
    (curve, i): Series => ({
      ...measuredSeries(curveName(curve, curves), lookOf(i), curve, quantity),
      line: 'solid',
    }),
  );
  return {
    title: efficiency ? 'Efficiency' : 'Speedup',
    description: `${quantity} by workers of ${curves.map(fullName).join('; ')}.`,
    x: workersAxis(curves),
    y: efficiency ? EFFICIENCY_AXIS : speedupAxis(curves),
    series: [idealSeries(curves, quantity), ...series],
    hollow: 'left out of fits',
  };
}

function fittedLaws(curve: Curve): FittedLaw[] {
  return curve.fits.filter(fit => fit.fitted);
}

function throughputFits(curve: Curve): FittedLaw[] {
  return fittedLaws(curve).filter(({ quantity }) => quantity === 'samplesPerSecond');
}

/** A fitted law and its band, up to the largest measured worker count unless `upTo` is given. */
function fitSeries(fit: FittedLaw, curve: Curve, factor: number, upTo = most(workersOf([curve]))): Series {
  return {
    name: `${LAW_NAMES[fit.law]}, 95 % band`,
    look: LAW_LOOKS[fit.law],
    line: 'solid',
    intervals: 'band',
    data: fit.line
      .filter(({ workers }) => workers <= upTo)
      .map(({ workers, value, low, high }) => ({
        x: workers,
        y: value * factor,
        low: low * factor,
        high: high * factor,
      })),
  };
}

function measuredSeries(name: string, look: Look, curve: Curve, quantity: Quantity): Series {
  const data = curve.scaling.map((scaling): Datum => {
    const { value, low, high, standardError } = scaling[quantity];
    return {
      x: scaling.workers,
      y: value,
      hollow: scaling.excluded !== null,
      // A time is never negative, so the interval is cut at 0 here; the table shows all of it.
      ...(standardError === null ? {} : { low: Math.max(low, 0), high }),
      note: `${name}, ${scaling.workers} workers: ${quantity} ${readable(value, quantity)}, 95 % ${readable(low, quantity)} to ${readable(high, quantity)}`,
    };
  });
  return { name, look, symbols: 'all', data };
}

function throughputSeries(study: ScalingStudy, curve: Curve): Series {
  const data = measuredPoints(study, curve).map(({ scaling, point }): Datum => {
    const { median, low, high, count } = point.samplesPerSecond;
    return {
      x: scaling.workers,
      y: median,
      ...(count > 1 ? { low, high } : {}),
      hollow: scaling.excluded !== null,
      note: `measured, ${scaling.workers} workers: ${formatCount(median)} samples/s`,
    };
  });
  return { name: 'measured', look: lookOf(0), symbols: 'all', intervals: 'bars', data };
}

/** S = p, efficiency 1 */
function idealSeries(curves: readonly Curve[], quantity: Quantity): Series {
  const workers = [...new Set([1, ...workersOf(curves)])].sort((a, b) => a - b);
  const data = workers.map(x => ({ x, y: quantity === 'speedup' ? x : 1 }));
  return { name: 'ideal', look: MUTED, line: 'dotted', data };
}

function workersOf(curves: readonly Curve[]): number[] {
  return curves.flatMap(curve => curve.scaling.map(({ workers }) => workers));
}

function workersScale(curves: readonly Curve[]): Axis['scale'] {
  return most(workersOf(curves)) > MANY_WORKERS ? 'log' : 'linear';
}

function speedupAxis(curves: readonly Curve[]): Axis {
  return { label: '↑ speedup', scale: workersScale(curves), include: [0] };
}

function workersAxis(curves: readonly Curve[]): Axis {
  return { label: 'workers →', scale: workersScale(curves), ticks: valueTicks(workersOf(curves)) };
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 1);
}

/** Why hollow points are hollow, with the reason if they share one. */
function hollowText(curve: Curve): string {
  const reasons = new Set(curve.scaling.flatMap(({ excluded }) => excluded ?? []));
  return reasons.size === 1 ? `left out of fits: ${[...reasons][0]}` : 'left out of fits';
}

function listOf(scaling: readonly Scaling[], quantity: Quantity): string {
  return scaling.map(one => `${one.workers} workers ${readable(one[quantity].value, quantity)}`).join(', ');
}

function readable(value: number, quantity: Quantity): string {
  return quantity === 'speedup' ? value.toFixed(2) : formatPercent(value);
}
