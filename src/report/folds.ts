/** Results of a cross-validation as text and as plain data. Pure functions. */
import { option } from '../option-names.js';
import type { BaselineData } from './baseline.js';
import { counted, formatCount, formatDuration } from './format.js';
import { formatMetric, nameOfMetric } from './metric.js';
import { renderTable } from './table.js';

type Figures = Readonly<Record<string, number | null>>;

/** Summary of the training of one fold. */
export interface FoldSummary extends Readonly<Record<string, unknown>> {
  /** Present if the training had a target. */
  target?: Readonly<Record<string, unknown>> & { reached: boolean };
  /** null without validation rows, which folds always have. */
  validation: Figures | null;
  /** Figure of the simplest prediction; absent if the run was not compared with it. */
  baseline?: BaselineData;
  epochs: number;
  steps: number;
  samples: number;
  seconds: number;
}

/** Figures of a training that are averaged over the folds; the others count work. */
const JUDGED = ['loss', 'accuracy', 'rmse'];

/**
 * Summary of a cross-validation. It has the properties of a single training, averaged over the folds (steps, samples and seconds are summed; epochs is the maximum), their standard deviations, and
 * the results of each fold.
 */
export function foldsData(results: readonly FoldSummary[]) {
  const { training, validation, ...means } = meansData(results);
  return {
    folds: results.length,
    ...training,
    ...means,
    validation: validation!,
    results: results.map((result, i) => ({ fold: i + 1, ...result })),
  };
}

/** What trainings alike have in common: means and standard deviations of their figures, and sums of their work. */
export function meansData(results: readonly FoldSummary[]) {
  const [first] = results;
  const training = results.map(result => pick(result, JUDGED));
  const judged = results.flatMap(({ validation }) => (validation ? [validation] : []));
  const overJudged = (statistic: typeof mean) => (judged.length === 0 ? null : over(judged, statistic));
  const total = (name: 'steps' | 'samples' | 'seconds') =>
    results.reduce((sum, result) => sum + result[name], 0);
  return {
    training: over(training, mean),
    validation: overJudged(mean),
    deviation: { ...over(training, deviation), validation: overJudged(deviation) },
    epochs: Math.max(...results.map(({ epochs }) => epochs)),
    steps: total('steps'),
    samples: total('samples'),
    seconds: total('seconds'),
    samplesPerSecond: total('samples') / total('seconds'),
    ...pick(first!, ['backend', 'description', 'workers', 'shards', 'parameters']),
    ...targetOf(results),
  };
}

/** The same as a table: a line for each fold, then the mean and the deviation. */
export function foldsText({
  results,
  validation,
  deviation,
  steps,
  seconds,
}: ReturnType<typeof foldsData>): string {
  const table = partsTable('fold', results, [
    { name: 'mean', figures: validation },
    { name: '± deviation', figures: deviation.validation! },
  ]);
  const notes = [
    `The deviation is the standard deviation over the folds (divisor ${results.length - 1}), not the standard error of their mean.`,
    `${counted(steps, 'step')} in ${formatDuration(seconds)}. To train a model on all rows, omit ${option('folds')}.`,
  ];
  return `${table}\n\n${notes.join('\n')}`;
}

/** A line for each training, then others. */
export function partsTable(
  kind: string,
  results: readonly FoldSummary[],
  others: readonly { name: string; figures: Figures }[],
): string {
  const names = Object.keys(results[0]!.validation ?? {});
  const cells = (figures: Figures) =>
    names.map(name => {
      const value = figures[name] ?? null;
      return value === null ? 'undefined' : formatMetric(name, value);
    });
  return renderTable(
    [kind, 'epochs', ...names.map(name => `validation ${nameOfMetric(name)}`)],
    [
      ...results.map(({ epochs, validation }, i) => [
        String(i + 1),
        formatCount(epochs),
        ...cells(validation ?? {}),
      ]),
      ...others.map(({ name, figures }) => [name, '', ...cells(figures)]),
    ],
  );
}

/** The target counts as reached if every fold has reached it. */
function targetOf(results: readonly FoldSummary[]): Pick<FoldSummary, 'target'> {
  const target = results[0]!.target;
  return target ? { target: { ...target, reached: results.every(result => result.target?.reached) } } : {};
}

function pick(
  from: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, number | null> {
  return Object.fromEntries(names.flatMap(name => (name in from ? [[name, from[name] as number]] : [])));
}

/** Applies the statistic to each figure; null if the figure is undefined in any fold. */
function over(
  figures: readonly Figures[],
  statistic: (values: number[]) => number,
): Record<string, number | null> {
  return Object.fromEntries(
    Object.keys(figures[0]!).map(name => {
      const values = figures.map(one => one[name] ?? null);
      return [name, values.includes(null) ? null : statistic(values as number[])];
    }),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** √(Σ (v − mean)² / (n − 1)) */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
