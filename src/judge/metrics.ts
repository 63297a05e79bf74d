/** The metrics of a task, and the figures of a judgement by their names. Pure functions. */
import type { Dataset, Task } from '../data/dataset.js';
import { usageError } from '../errors.js';
import type { Judgement } from '../model/judgement.js';
import { topOf } from '../model/metric.js';
import { option } from '../wording.js';

export { isBetter, isRising } from '../model/metric.js';

const OF_CLASSES = ['precision', 'recall', 'f1', 'auc', 'log-loss'] as const;
const OF_TASK: Readonly<Record<Task, readonly string[]>> = {
  regression: ['loss', 'rmse', 'mae', 'r2'],
  binary: ['loss', 'accuracy', ...OF_CLASSES],
  multiclass: ['loss', 'accuracy', ...OF_CLASSES],
  multilabel: ['loss', 'accuracy', 'subset-accuracy', ...OF_CLASSES],
};

/** What every judgement has, from the sums that the workers make anyway. */
const ALWAYS: ReadonlySet<string> = new Set(['loss', 'accuracy', 'rmse']);

/** Of more classes the areas take longer than whoever didn't ask for them would wait. */
const MOST_AREAS = 100;

/**
 * The judgement's figure of that name, as the command line names them: loss, accuracy, rmse, f1, …; undefined where
 * it was not asked for, the task has none of that name, or it is not defined on these rows.
 */
export function metricOf({ metrics, ...figures }: Judgement, name: string): number | undefined {
  const value = { ...metrics, ...figures }[name];
  return value ?? undefined;
}

/** Those of the names, each once, whose figures need the predictions of all rows. */
export function scoredOf(names: readonly string[] = []): string[] {
  return [...new Set(names)].filter(name => !ALWAYS.has(name));
}

/** What there is to say of predictions for such data, unless somebody names other metrics. */
export function usualMetrics({ task, outputs }: Pick<Dataset, 'task' | 'outputs'>): string[] {
  const names = OF_TASK[task].filter(name => name !== 'auc' || outputs <= MOST_AREAS);
  return task === 'multiclass' && outputs > 5 ? [...names, 'top-5'] : names;
}

/** Whether it comes of the sums that the workers make anyway. */
export function isAlways(name: string): boolean {
  return ALWAYS.has(name);
}

/**
 * @param subject the option that asks for them, for messages
 * @throws usage at the first name that is no metric of the data's task
 */
export function checkMetrics(
  names: readonly string[],
  data: Pick<Dataset, 'task' | 'outputs' | 'source'>,
  subject = option('metrics'),
): void {
  const { task, outputs, source } = data;
  for (const name of names) {
    const k = topOf(name);
    if (OF_TASK[task].includes(name)) continue;
    if (task === 'multiclass' && k !== undefined && k < outputs) continue;
    const top = task === 'multiclass' ? ` or top-1 to top-${outputs - 1}` : '';
    throw usageError(
      `${subject}: expected ${OF_TASK[task].join(', ')}${top}, as the task of ${source} is ${task}, got ${name}.`,
      `Try ${OF_TASK[task][1]}.`,
    );
  }
}
