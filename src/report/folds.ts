/** What a cross-validation came to, as text and as plain data. Pure functions. */
import type { BaselineData } from './baseline.js';
import { counted, formatCount, formatDuration } from './format.js';
import { formatMetric, nameOfMetric } from './metric.js';
import { renderTable } from './table.js';

type Figures = Readonly<Record<string, number | null>>;

/** What `train --json` prints of one fold's training. */
export interface FoldSummary extends Readonly<Record<string, unknown>> {
  /** Of --target-metric. */
  target?: Readonly<Record<string, unknown>> & { reached: boolean };
  validation: Figures;
  /** What the plainest answer comes to; left out of runs that were not compared with it. */
  baseline?: BaselineData;
  epochs: number;
  steps: number;
  samples: number;
  seconds: number;
}

/** Figures of a training: names of judgements, not of work. */
const JUDGED = ['loss', 'accuracy', 'rmse'];

/**
 * The object of `train --folds --json`: in the places of a training's own the means over the folds (of work the sums,
 * of epochs the most), their standard deviations beside them, and each fold's.
 */
export function foldsData(results: readonly FoldSummary[]) {
  const [first] = results;
  const training = results.map(result => pick(result, JUDGED));
  const validation = results.map(result => result.validation);
  const total = (name: 'steps' | 'samples' | 'seconds') =>
    results.reduce((sum, result) => sum + result[name], 0);
  return {
    folds: results.length,
    ...over(training, mean),
    validation: over(validation, mean),
    deviation: { ...over(training, deviation), validation: over(validation, deviation) },
    epochs: Math.max(...results.map(({ epochs }) => epochs)),
    ...{ steps: total('steps'), samples: total('samples'), seconds: total('seconds') },
    samplesPerSecond: total('samples') / total('seconds'),
    ...pick(first!, ['backend', 'description', 'workers', 'shards', 'parameters']),
    ...targetOf(results),
    results: results.map((result, i) => ({ fold: i + 1, ...result })),
  };
}

/** The same for people: a line a fold, mean and deviation below. */
export function foldsText({
  results,
  validation,
  deviation,
  steps,
  seconds,
}: ReturnType<typeof foldsData>): string {
  const names = Object.keys(validation);
  const cells = (figures: Figures) =>
    names.map(name => {
      const value = figures[name] ?? null;
      return value === null ? 'undefined' : formatMetric(name, value);
    });
  const table = renderTable(
    ['fold', 'epochs', ...names.map(name => `validation ${nameOfMetric(name)}`)],
    [
      ...results.map(result => [
        String(result.fold),
        formatCount(result.epochs),
        ...cells(result.validation),
      ]),
      ['mean', '', ...cells(validation)],
      ['± deviation', '', ...cells(deviation.validation)],
    ],
  );
  const notes = [
    `The deviation is that of the folds (divided by ${results.length - 1}), not of their mean.`,
    `${counted(steps, 'step')} in ${formatDuration(seconds)}. For a model of all rows, train without --folds.`,
  ];
  return `${table}\n\n${notes.join('\n')}`;
}

/** A target is reached where each fold has reached it. */
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

/** A figure of the folds' own; null where one of them has it undefined. */
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
