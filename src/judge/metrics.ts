/** Metrics of each task, and lookup of a judgement's figures by name. Pure functions. */
import type { Dataset, Task } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { Judgement } from '../model/judgement.js';
import { topOf } from '../model/metric.js';
import { option } from '../option-names.js';

export { isBetter, isRising } from '../model/metric.js';

const OF_CLASSES = ['precision', 'recall', 'f1', 'auc', 'log-loss'] as const;
const OF_TASK: Readonly<Record<Task, readonly string[]>> = {
  regression: ['loss', 'rmse', 'mae', 'r2'],
  binary: ['loss', 'accuracy', ...OF_CLASSES],
  multiclass: ['loss', 'accuracy', ...OF_CLASSES],
  multilabel: ['loss', 'accuracy', 'subset-accuracy', ...OF_CLASSES],
};

/** Metrics that are computed from the workers' sums, so that every judgement has them. */
const ALWAYS: ReadonlySet<string> = new Set(['loss', 'accuracy', 'rmse']);

/** With more classes, computing the areas takes too long to do it unasked. */
const MOST_AREAS = 100;

/**
 * Figure of a judgement by its command-line name: loss, accuracy, rmse, f1, …; undefined if it was not
 * requested, does not exist for the task, or is not defined on these rows.
 */
export function metricOf({ metrics, ...figures }: Judgement, name: string): number | undefined {
  const value = { ...metrics, ...figures }[name];
  return value ?? undefined;
}

/** The metrics, without duplicates, that need the predictions of all rows. */
export function scoredOf(names: readonly string[] = []): string[] {
  return [...new Set(names)].filter(name => !ALWAYS.has(name));
}

/** Metrics that are reported for such data by default. */
export function usualMetrics({ task, outputs }: Pick<Dataset, 'task' | 'outputs'>): string[] {
  const names = OF_TASK[task].filter(name => name !== 'auc' || outputs <= MOST_AREAS);
  return task === 'multiclass' && outputs > 5 ? [...names, 'top-5'] : names;
}

/** Whether the metric is computed from the workers' sums. */
export function isAlways(name: string): boolean {
  return ALWAYS.has(name);
}

const METRICS = option('metrics');

/** @throws usage at the first name that is not a metric of the data's task */
export function checkMetrics(
  names: readonly string[],
  data: Pick<Dataset, 'task' | 'outputs' | 'source'>,
  subject = METRICS,
): void {
  const { task, outputs, source } = data;
  for (const name of names) {
    const k = topOf(name);
    if (OF_TASK[task].includes(name)) continue;
    if (task === 'multiclass' && k !== undefined && k < outputs) continue;
    const top = task === 'multiclass' ? ` or top-1 to top-${outputs - 1}` : '';
    throw usageError(
      `${subject}: expected ${OF_TASK[task].join(', ')}${top}, as the task of ${source} is ${task}, got ${name}.`,
      subject === METRICS
        ? `Try ${option('metrics', [OF_TASK[task][1]])}.`
        : `Choose another metric, such as ${OF_TASK[task][1]}.`,
    );
  }
}
