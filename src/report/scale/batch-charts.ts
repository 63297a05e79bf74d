/** Charts of a batch-size study: the work needed to reach the target, by batch size. Pure functions. */
import type { BatchCurve, BatchStudy, BestTrial } from '../../lab/scale/batch-schema.js';
import { formatCount, formatFigure } from '../format.js';
import type { Axis, Chart, Datum, Series } from '../plots/chart.js';
import { lookOf, MUTED } from '../plots/palette.js';
import { valueTicks } from '../plots/ticks.js';
import { curveName } from './curve-name.js';

const EDGE = 'best learning rate at the edge of the range';

/** Steps to the target, with perfect scaling for comparison: twice the batch size, half the steps. */
export function stepsChart(study: BatchStudy): Chart {
  const perfect = study.curves.map(
    (curve, i): Series => ({
      name: `${study.curves.length === 1 ? '' : `${curveName(curve, study.curves)}, `}perfect scaling`,
      line: 'dotted',
      look: study.curves.length === 1 ? MUTED : lookOf(i),
      data: curve.points.flatMap(({ batchSize, perfectSteps }) =>
        perfectSteps === null ? [] : [{ x: batchSize, y: perfectSteps }],
      ),
    }),
  );
  return bestChart(study, {
    title: 'Steps to target',
    unit: 'steps',
    read: ({ steps }) => steps,
    format: formatCount,
    others: perfect,
  });
}

export function secondsChart(study: BatchStudy): Chart {
  return bestChart(study, {
    title: 'Seconds to target',
    unit: 'seconds of training',
    read: ({ seconds }) => seconds,
    format: value => `${value.toFixed(2)} s`,
    others: [],
  });
}

export function learningRateChart(study: BatchStudy): Chart {
  const tried = study.configuration.search?.learningRates;
  const range: Series = {
    ...{ name: 'tried', look: MUTED, intervals: 'band' },
    data: tried ? batchSizesOf(study).map(x => ({ x, y: tried.low, ...tried })) : [],
  };
  return bestChart(study, {
    title: 'Best learning rate',
    unit: 'learning rate α',
    read: ({ learningRate }) => learningRate,
    format: formatFigure,
    others: [range],
  });
}

/** Every trial that reached the target: steps against learning rate, a series for each batch size. */
export function searchChart(study: BatchStudy, curve: BatchCurve): Chart | null {
  const series = curve.points.map(({ batchSize }, i): Series => {
    const name = `batch ${formatCount(batchSize)}`;
    const trials = study.trials.filter(
      trial =>
        trial.outcome === 'reached' &&
        trial.batchSize === batchSize &&
        trial.backend === curve.backend &&
        trial.layers.join() === curve.layers.join(),
    );
    return {
      name,
      look: lookOf(i),
      symbols: 'all',
      data: trials.map(({ learningRate, steps }) => ({
        x: learningRate,
        y: steps,
        note: `${name}, learning rate ${formatFigure(learningRate)}: ${formatCount(steps)} steps`,
      })),
    };
  });
  const drawn = series.filter(({ data }) => data.length > 0);
  if (drawn.length === 0) return null;
  return {
    title: 'The search',
    description: `Steps to the target against the learning rate, for ${drawn.reduce((sum, { data }) => sum + data.length, 0)} trials that reached it.`,
    x: { label: 'learning rate α →', scale: 'log' },
    y: { label: '↑ steps to target', scale: 'log' },
    series: drawn,
  };
}

/** A figure of the best trial at each batch size; hollow if the search range was too narrow. */
function bestChart(
  study: BatchStudy,
  figure: {
    title: string;
    unit: string;
    read: (best: BestTrial) => number;
    format: (value: number) => string;
    others: readonly Series[];
  },
): Chart {
  const { title, unit, read, format, others } = figure;
  const series = study.curves.map(
    (curve, i): Series => ({
      name: curveName(curve, study.curves),
      look: lookOf(i),
      line: 'solid',
      symbols: 'all',
      data: curve.points.flatMap((point): Datum[] => {
        const { batchSize, best, edge } = point;
        if (best === null) return [];
        const note = `batch ${formatCount(batchSize)}: ${format(read(best))} (learning rate ${formatFigure(best.learningRate)})`;
        return [{ x: batchSize, y: read(best), hollow: edge !== null, note }];
      }),
    }),
  );
  return {
    title,
    description: `${title} by batch size. ${series.flatMap(({ data }) => data.map(({ note }) => note)).join('; ')}.`,
    x: batchAxis(study),
    y: { label: `↑ ${unit}`, scale: 'log' },
    series: [...others.filter(({ data }) => data.length > 0), ...series],
    hollow: EDGE,
  };
}

function batchSizesOf({ curves }: BatchStudy): number[] {
  return curves.flatMap(({ points }) => points.map(({ batchSize }) => batchSize));
}

function batchAxis(study: BatchStudy): Axis {
  return { label: 'batch size →', scale: 'log', ticks: valueTicks(batchSizesOf(study)) };
}
