/** Options and results of a search in words, for the terminal and for the page. Pure functions. */
import { typedText } from '../../config/kinds.js';
import type { Rung } from '../../lab/tune/plan.js';
import type { BestTrial, Result, TrialSummary, Tuning } from '../../lab/tune/schema.js';
import { counted, formatCount, formatDuration, formatFigure, orDash } from '../format.js';
import { formatMetric } from '../metric.js';

/** A value as typed on the command line: 0.05; 128,64; "" for an empty list; – if the trial has none. */
export function valueText(value: unknown): string {
  return value === undefined ? '–' : typedText(value) || '""';
}

/** 20 trials for 1 epoch, 7 for 3, 3 for 9 */
export function rungsText([first, ...others]: readonly Rung[]): string {
  const { trials, epochs } = first!;
  const head = `${counted(trials, 'trial')} for ${counted(epochs, 'epoch')}`;
  return [head, ...others.map(rung => `${formatCount(rung.trials)} for ${formatCount(rung.epochs)}`)].join(
    ', ',
  );
}

/** The strategy, its rungs, and the work and time of a search, in one line. */
export function searchText({ configuration, epochs, seconds }: Tuning): string {
  const { strategy, rungs, eta } = configuration;
  const how = strategy === 'halving' ? `successive halving, η = ${eta}` : 'random search';
  return `${how}: ${rungsText(rungs)}; ${counted(epochs, 'epoch')} in ${formatDuration(seconds)}`;
}

/** trial 7: validation accuracy 97.22 %, loss 0.09123, after 27 epochs */
export function bestText({ number, value, loss, epochs }: BestTrial, metric: string): string {
  const figures = metric === 'loss' ? '' : `, loss ${formatFigure(loss)}`;
  return `trial ${number}: validation ${metric} ${formatMetric(metric, value)}${figures}, after ${counted(epochs, 'epoch')}`;
}

/** The last result of a trial. */
export function lastOf({ results }: TrialSummary): Result | null {
  return results.at(-1) ?? null;
}

/** Trials in order of their places. */
export function byPlace({ trials }: Tuning): TrialSummary[] {
  return [...trials].sort((a, b) => a.place - b.place);
}

/** Headings and rows of a table of trials: options, epochs and results. */
export function trialRows({ configuration }: Tuning, trials: readonly TrialSummary[]) {
  const { space, metric } = configuration;
  const others = metric === 'loss' ? [] : ['loss'];
  const heads = ['place', 'trial', ...space.map(({ name }) => name), 'epochs', metric, ...others, 'time'];
  const rows = trials.map(trial => {
    const last = lastOf(trial);
    return [
      String(trial.place),
      String(trial.number),
      ...space.map(({ name }) => valueText(trial.values[name])),
      last === null ? '0' : formatCount(last.epochs),
      last === null || last.value === null ? (last?.outcome ?? '–') : formatMetric(metric, last.value),
      ...others.map(() => orDash(last?.loss, formatFigure)),
      orDash(last?.seconds, formatDuration),
    ];
  });
  return { heads, rows };
}
