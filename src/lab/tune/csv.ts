/** tune.csv: one line per result, for spreadsheets and data frames. Pure functions. */
import { typedText } from '../../config/kinds.js';
import { type Cell, csvText } from '../scale/csv.js';
import type { Result, TrialSummary, Tuning } from './schema.js';

/** One line per trial and rung, in the order of the trials, below a header line. */
export function tuneCsv({ trials, configuration }: Tuning): string {
  const { space, warmStart } = configuration;
  const names = space.map(({ name }) => name);
  return csvText(
    trials.flatMap(trial => {
      const origin = warmStart?.first[trial.number - 1];
      const from = { fromSearch: origin?.folder ?? null, fromTrial: origin?.trial ?? null };
      return trial.results.map(result => ({ ...rowOf(trial, result, names), ...from }));
    }),
  );
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

/** The value as typed on the command line; empty if the trial has none. */
function cellOf(value: unknown): Cell {
  if (value === undefined) return null;
  return typeof value === 'number' ? value : typedText(value);
}
