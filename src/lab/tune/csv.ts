/** tune.csv: every result as a line, for a spreadsheet or a data frame. Pure functions. */
import { type Cell, csvText } from '../scale/csv.js';
import type { Result, TrialSummary, Tuning } from './schema.js';

/** A line a trial and rung, in the order of the trials, under a line of names. */
export function tuneCsv({ trials, configuration }: Tuning): string {
  const names = configuration.space.map(({ name }) => name);
  return csvText(trials.flatMap(trial => trial.results.map(result => rowOf(trial, result, names))));
}

function rowOf(
  { number, values, place }: TrialSummary,
  result: Result,
  names: readonly string[],
): Record<string, Cell> {
  const { history: _, trial: __, batchSize, learningRate, ...figures } = result;
  return {
    trial: number,
    place,
    ...Object.fromEntries(names.map(name => [name, cellOf(values[name])])),
    ...figures,
    effectiveLearningRate: learningRate,
    effectiveBatchSize: batchSize,
  };
}

/** As it is typed; empty where the trial has none. */
function cellOf(value: unknown): Cell {
  if (value === undefined) return null;
  return typeof value === 'number' ? value : String(value);
}
