/** Charts of one or several runs, drawn from their records. Pure functions. */

import { formatCount, formatFigure } from '../format.js';
import { formatMetric, isShare, nameOfMetric, titleOfMetric } from '../metric.js';
import type { Axis, Chart, Datum, Series } from '../plots/chart.js';
import { type Look, lookOf } from '../plots/palette.js';
import { valueTicks } from '../plots/ticks.js';
import { type EpochRecord, numberOf, type Run } from './record.js';

/** Up to this many epochs, each gets a tick, as fractions of an epoch have no data. */
const FEW_EPOCHS = 12;
/** Losses whose highest and lowest value differ by more than this factor use a logarithmic scale. */
const WIDE_RANGE = 30;

/** A chart for each figure in the records, loss first: training dashed, validation solid. */
export function figureCharts(runs: readonly Run[]): Chart[] {
  const names = new Set(['loss', ...runs.flatMap(run => run.epochs.flatMap(figureNames))]);
  return [...names].map(name => figureChart(name, runs));
}

function figureNames({ training, validation }: EpochRecord): string[] {
  return [...Object.keys(training), ...Object.keys(validation)];
}

function figureChart(name: string, runs: readonly Run[]): Chart {
  const sets = ['training', 'validation'] as const;
  const series = runs.flatMap((run, i) =>
    sets.map(set => {
      const label = runs.length === 1 ? set : run.name;
      const look = lookOf(runs.length === 1 && set === 'training' ? 1 : i);
      const line = set === 'training' ? 'dashed' : 'solid';
      const data = run.epochs.flatMap((record): Datum[] => {
        const y = record[set][name];
        if (y === undefined) return [];
        return [
          {
            x: record.epoch,
            y,
            note: `${run.name}, ${set}, epoch ${record.epoch}: ${formatMetric(name, y)}`,
            hollow: record.epoch === run.modelEpoch,
          },
        ];
      });
      return { ...plain(label, look, line), data };
    }),
  );
  const drawn = series.filter(({ data }) => data.length > 0);
  const title = titleOfMetric(name);
  return {
    title,
    description: describe(`${title} after each epoch; training dashed, validation solid`, drawn),
    x: epochAxis(runs),
    y: metricAxis(name, drawn),
    series: drawn,
    hollow: 'epoch of the saved model',
    ...(runs.length === 1 ? savedRule(runs[0]!) : { lines: linesOf(drawn) }),
  };
}

/** Of one run, a line through its epoch; of several, hollow symbols have to be enough. */
function savedRule({ epochs, modelEpoch }: Run): Pick<Chart, 'rule'> {
  if (modelEpoch === null || !epochs.some(({ epoch }) => epoch === modelEpoch)) return {};
  return { rule: { x: modelEpoch, name: `saved: epoch ${formatCount(modelEpoch)}` } };
}

function epochAxis(runs: readonly Run[]): Axis {
  const epochs = runs.flatMap(run => run.epochs.map(({ epoch }) => epoch));
  const few = epochs.every(epoch => epoch <= FEW_EPOCHS);
  return { label: 'epoch →', scale: 'linear', ...(few ? { ticks: valueTicks(epochs) } : {}) };
}

/** Meaning of the line styles that occur. */
function linesOf(series: readonly Series[]): NonNullable<Chart['lines']> {
  const has = (line: Series['line']) => series.some(one => one.line === line);
  return {
    ...(has('dashed') ? { dashed: 'training' } : {}),
    ...(has('solid') ? { solid: 'validation' } : {}),
  };
}

/** The runs' main figure, on validation rows if there are any, against training time. */
export function timeChart(runs: readonly Run[]): Chart | null {
  const names = new Set(runs.flatMap(run => run.epochs.flatMap(figureNames)));
  const name = ['accuracy', 'rmse', 'loss'].find(one => names.has(one));
  if (name === undefined) return null;
  const judged = runs.some(run => run.epochs.some(record => name in record.validation));
  const series = solidLines(runs, ({ seconds, training, validation }) => {
    const y = (judged ? validation : training)[name];
    if (seconds === null || y === undefined) return null;
    return { x: seconds, y, note: `${seconds.toFixed(2)} s: ${formatMetric(name, y)}` };
  });
  const set = judged ? 'validation' : 'training';
  return chartOrNull({
    title: `${titleOfMetric(name)} against time`,
    description: describe(`${titleOfMetric(name)} of the ${set} rows against seconds of training`, series),
    x: { label: 'seconds of training →', scale: 'linear', include: [0] },
    y: { ...axisOf(name), label: `↑ ${set} ${nameOfMetric(name)}`, scale: 'linear' },
    series,
  });
}

/** Learning rate α of each epoch, as recorded or else from the configuration. */
export function rateChart(runs: readonly Run[]): Chart | null {
  const series = solidLines(runs, ({ epoch, learningRate }, { config }) => {
    const y = learningRate ?? numberOf(config.learningRate);
    return y === null ? null : { x: epoch, y, note: `epoch ${epoch}: ${formatFigure(y)}` };
  });
  const wide = isWide(series);
  return chartOrNull({
    title: 'Learning rate',
    description: describe('Learning rate of the last step of each epoch', series),
    x: epochAxis(runs),
    y: {
      label: `↑ learning rate α${wide ? ' (logarithmic)' : ''}`,
      scale: wide ? 'log' : 'linear',
      include: [0],
    },
    series,
  });
}

/** The 97.5 % quantile of the normal distribution: an epoch has many steps. */
const REACH = 1.96;

/** Gradient noise scale in rows, with 95 % intervals; null if no run recorded it. */
export function noiseChart(runs: readonly Run[]): Chart | null {
  const lines = solidLines(runs, ({ epoch, noise }) => {
    if (noise === null) return null;
    const { scale, standardError } = noise;
    const reach = REACH * standardError;
    const note = `epoch ${epoch}: ${formatCount(scale)} ± ${formatCount(reach)} rows`;
    return { x: epoch, y: scale, low: Math.max(scale - reach, scale / 10), high: scale + reach, note };
  });
  const series = lines.map(line => ({ ...line, intervals: 'bars' as const }));
  return chartOrNull({
    title: 'Gradient noise scale',
    description: describe('Batch size at which the noise is as large as the gradient', series),
    x: epochAxis(runs),
    y: { label: '↑ batch size in rows (logarithmic)', scale: 'log' },
    series,
  });
}

/** Rows of each epoch divided by its seconds. */
export function throughputChart(runs: readonly Run[]): Chart | null {
  const rates = new Map(runs.map(run => [run, throughput(run)]));
  const series = solidLines(runs, ({ epoch }, run) => {
    const rate = rates.get(run)!.get(epoch);
    return rate === undefined
      ? null
      : { x: epoch, y: rate, note: `epoch ${epoch}: ${formatCount(rate)} samples/s` };
  });
  return chartOrNull({
    title: 'Throughput',
    description: describe('Rows trained per second in each epoch', series),
    x: epochAxis(runs),
    y: { label: '↑ samples/s', scale: 'linear', include: [0] },
    series,
  });
}

/** Samples per second by epoch; epochs whose time or rows are unknown are left out. */
export function throughput({ config, epochs }: Run): Map<number, number> {
  const rates = new Map<number, number>();
  let before: { epoch: number; samples: number | null; seconds: number | null } = START;
  for (const record of epochs) {
    const now = { ...record, samples: samplesAt(record, config) };
    const rate = (now.samples! - before.samples!) / (now.seconds! - before.seconds!);
    const isKnown = [now, before].every(({ samples, seconds }) => samples !== null && seconds !== null);
    if (isKnown && before.epoch === now.epoch - 1 && rate > 0 && Number.isFinite(rate)) {
      rates.set(now.epoch, rate);
    }
    before = now;
  }
  return rates;
}

const START = { epoch: 0, samples: 0, seconds: 0 };

/** Rows since the start, as recorded or else computed from the steps if all batches have the same size. */
function samplesAt({ samples, step }: EpochRecord, config: Run['config']): number | null {
  if (samples !== null) return samples;
  const rows = numberOf(config.rows);
  const batchSize = numberOf(config.batchSize);
  const stepsPerEpoch = numberOf(config.stepsPerEpoch);
  if (rows === null || batchSize === null || !stepsPerEpoch) return null;
  const whole = Math.floor(step / stepsPerEpoch);
  return whole * rows + (step - whole * stepsPerEpoch) * batchSize;
}

/** A line for each run through what its records give; their notes begin with the run's name. */
function solidLines(
  runs: readonly Run[],
  datumOf: (record: EpochRecord, run: Run) => Datum | null,
): Series[] {
  return runs.map((run, i) => {
    const data = run.epochs.flatMap(record => datumOf(record, run) ?? []);
    const noted = data.map(datum => ({ ...datum, note: `${run.name}, ${datum.note}` }));
    return { ...plain(run.name, lookOf(i), 'solid'), data: noted };
  });
}

function plain(name: string, look: Look, line: 'solid' | 'dashed') {
  return { name, look, line, symbols: 'few' } as const;
}

function chartOrNull(chart: Chart): Chart | null {
  const series = chart.series.filter(({ data }) => data.length > 0);
  return series.length === 0 ? null : { ...chart, series };
}

function isWide(series: readonly Series[]): boolean {
  const values = series.flatMap(({ data }) => data.map(({ y }) => y));
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const least = values.reduce((a, b) => Math.min(a, b), most);
  return least > 0 && most / least > WIDE_RANGE;
}

/** Axis of a metric, logarithmic for a loss with a wide range. */
export function metricAxis(name: string, series: readonly Series[]): Axis {
  const scale = name === 'loss' && isWide(series) ? 'log' : 'linear';
  return {
    ...axisOf(name),
    label: `↑ ${nameOfMetric(name)}${scale === 'log' ? ' (logarithmic)' : ''}`,
    scale,
  };
}

/** Formats shares as percentages and leaves others to the default. */
function axisOf(name: string): Pick<Axis, 'format'> {
  return isShare(name) ? { format: value => `${Number((100 * value).toPrecision(4))} %` } : {};
}

/** Text alternative: what the chart shows, and where each series starts and ends. */
function describe(what: string, series: readonly Series[]): string {
  const ends = series.flatMap(({ name, data }) => {
    const last = data.at(-1);
    return last ? [`${name}: ${formatFigure(data[0]!.y)} to ${formatFigure(last.y)}`] : [];
  });
  return `${what}. ${ends.join('; ')}.`;
}
