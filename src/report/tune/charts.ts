/**
 * Charts of a search: the metric against each option, and the learning curves of the best trials. Pure
 * functions.
 */
import type { Dimension } from '../../config/space.js';
import type { TrialSummary, Tuning } from '../../lab/tune/schema.js';
import { formatMetric, titleOfMetric } from '../metric.js';
import type { Axis, Chart, Datum, Series } from '../plots/chart.js';
import { colour, type Look, lookOf, MUTED } from '../plots/palette.js';
import { metricAxis } from '../run/curves.js';
import { byPlace, lastOf, valueText } from './words.js';

const BEST: Look = { colour: colour('series-1'), symbol: 'star' };
/** Number of best trials that have individual colours. */
const MOST_NAMED = 5;

/**
 * Each trial's last value of the metric against one option: a series for each rung, with the best trial on
 * top.
 */
export function optionChart(tuning: Tuning, dimension: Dimension): Chart {
  const { trials, best, configuration } = tuning;
  const { metric, rungs } = configuration;
  const { name } = dimension;
  const series = rungs.map(({ epochs }, rung): Series => {
    const ended = trials.filter(trial => lastOf(trial)?.rung === rung);
    const data = ended.flatMap(trial => datumOf(trial, dimension, metric));
    const isLast = rung === rungs.length - 1;
    return {
      name: isLast ? nameOfLast(rungs.length) : `stopped after epoch ${epochs}`,
      look: rungLook(rung, rungs.length),
      symbols: 'all',
      data,
    };
  });
  const first = trials.filter(({ number }) => number === best?.number);
  const over: Series = {
    name: 'best',
    look: BEST,
    symbols: 'all',
    data: first.flatMap(trial => datumOf(trial, dimension, metric)),
  };
  const drawn = [...series, over].filter(({ data }) => data.length > 0);
  const place = best === null ? '' : ` The best has ${name} ${valueText(best.values[name])}.`;
  return {
    title: `${titleOfMetric(metric)} against ${name}`,
    description: `Validation ${metric} of each trial against ${name}.${place}`,
    x: axisOf(dimension),
    y: metricAxis(metric, drawn),
    series: drawn,
  };
}

function nameOfLast(rungs: number): string {
  return rungs === 1 ? 'trials' : 'to the end';
}

/** Empty if the trial lacks the option or a value. */
function datumOf(trial: TrialSummary, dimension: Dimension, metric: string): Datum[] {
  const written = trial.values[dimension.name];
  const { value = null, epochs = 0 } = lastOf(trial) ?? {};
  if (written === undefined || value === null) return [];
  const what = `trial ${trial.number}, ${dimension.name} ${valueText(written)}`;
  return [
    {
      x: positionOf(dimension, written),
      y: value,
      note: `${what}: ${formatMetric(metric, value)} after epoch ${epochs}`,
    },
  ];
}

/** Makes the last rung stand out from the earlier ones. */
function rungLook(rung: number, rungs: number): Look {
  return rung === rungs - 1 ? lookOf(0) : { ...MUTED, symbol: lookOf(rungs - 1 - rung).symbol };
}

/** Position of a value on its option's axis. */
function positionOf(dimension: Dimension, value: unknown): number {
  if (dimension.kind === 'range') return Number(Array.isArray(value) ? value[0] : value);
  return dimension.values.findIndex(one => JSON.stringify(one) === JSON.stringify(value));
}

/** Choices are placed side by side and labelled by name. */
function axisOf(dimension: Dimension): Axis {
  const label = `${dimension.name} →`;
  if (dimension.kind === 'range') {
    const { log, low, high } = dimension;
    return { label, scale: log ? 'log' : 'linear', include: [low, high] };
  }
  const { values } = dimension;
  return {
    label,
    scale: 'linear',
    ticks: [...values.keys()],
    include: [-0.5, values.length - 0.5],
    format: position => valueText(values[position]),
  };
}

/** Learning curves of the best trials by place, with all others behind them. */
export function curvesChart(tuning: Tuning): Chart {
  const { metric } = tuning.configuration;
  const series = byPlace(tuning).map((trial, i): Series => {
    const data = trial.results.flatMap(({ history }) =>
      history.flatMap(({ epoch, value }): Datum[] => {
        if (value === null) return [];
        return [
          {
            x: epoch,
            y: value,
            note: `trial ${trial.number}, epoch ${epoch}: ${formatMetric(metric, value)}`,
          },
        ];
      }),
    );
    if (i >= MOST_NAMED) {
      return {
        name: 'others',
        look: MUTED,
        data,
        line: 'dotted',
        ...(data.length === 1 && { symbols: 'all' }),
      };
    }
    const name = `trial ${trial.number}${i === 0 ? ' (best)' : ''}`;
    return { name, look: lookOf(i), data, line: 'solid', symbols: 'few' };
  });
  // The best is drawn last, on top of the others.
  const drawn = series.filter(({ data }) => data.length > 0).reverse();
  const named = Math.min(MOST_NAMED, drawn.length);
  return {
    title: `Validation ${metric} by epoch`,
    description: `Validation ${metric} after each epoch of ${drawn.length} trials; the best ${named} by name.`,
    x: { label: 'epoch →', scale: 'linear' },
    y: metricAxis(metric, drawn),
    series: drawn,
  };
}
