/** Options and results of a search in words, for the terminal and for the page. Pure functions. */
import { enumerate, typedText } from '../../config/kinds.js';
import type { Rung } from '../../lab/tune/plan.js';
import { rank } from '../../lab/tune/ranking.js';
import type {
  BestTrial,
  Result,
  SearchTask,
  StartPoint,
  TrialSummary,
  Tuning,
  WarmStart,
} from '../../lab/tune/schema.js';
import type { Taken } from '../../lab/tune/warm-start.js';
import { option } from '../../option-names.js';
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

/** More values that do not fit would not fit into a line. */
const MOST_MISFITS = 3;

/** What of an earlier search is not used, and why; null if all is. */
export function leftOutText({ folder, task, trials, misfits }: Taken, now: SearchTask): string | null {
  const from = option('from', folder);
  if (task !== now) return `${from} is left out: it is a search for ${task}, this one for ${now}.`;
  if (trials === 0) return `${from} is left out: no trial has a result yet.`;
  if (misfits.length === 0) return null;
  const count = misfits.reduce((sum, misfit) => sum + misfit.trials, 0);
  const shown = misfits
    .slice(0, MOST_MISFITS)
    .map(misfit => `${misfit.name} ${valueText(misfit.value)} (${misfit.trials})`);
  const more = misfits.length > MOST_MISFITS ? ' and others' : '';
  return `${from}: ${count} of ${counted(trials, 'trial')} are left out for values outside this search: ${shown.join(', ')}${more}.`;
}

/** tuned: trials 7, 2 and 9 are tried first */
export function firstText({ folder, first }: Taken): string {
  const [noun, verb] = first.length === 1 ? ['trial', 'is'] : ['trials', 'are'];
  return `${folder}: ${noun} ${enumerate(first.map(String), 'and')} ${verb} tried first`;
}

/** The trial of an earlier search that a trial repeats; null if it was drawn. */
export function originOf(warmStart: WarmStart | null, number: number): StartPoint | null {
  return warmStart?.first[number - 1] ?? null;
}

/** tuned, 7: its trial 7 */
export function originText({ folder, trial }: StartPoint): string {
  return `${folder}, ${trial}`;
}

/** trial 7: validation accuracy 97.22 %, loss 0.09123, after 27 epochs */
export function bestText({ number, value, loss, epochs }: BestTrial, metric: string): string {
  const figures = metric === 'loss' ? '' : `, loss ${formatFigure(loss)}`;
  return `trial ${number}: validation ${metric} ${formatMetric(metric, value)}${figures}, after ${counted(epochs, 'epoch')}`;
}

/** the best of 3 trials that were trained for 27 epochs; trial 2 is next, with accuracy 96.8 % */
export function whyBestText({ trials, configuration }: Tuning): string {
  const { rungs, metric } = configuration;
  const last = rungs.length - 1;
  const results = trials.flatMap(trial => trial.results);
  const [best, next] = rank(results, last, metric);
  const all = results.filter(({ rung }) => rung === last).length;
  const trained = `trained for ${counted(rungs[last]!.epochs, 'epoch')}`;
  if (all === 1) return `the only trial that was ${trained}`;
  const among = `the best of ${formatCount(all)} trials that were ${trained}`;
  if (next === undefined) return among;
  const how =
    next.value === best!.value
      ? `the same ${metric} and loss ${orDash(next.loss, formatFigure)}`
      : `${metric} ${formatMetric(metric, next.value!)}`;
  return `${among}; trial ${next.trial} is next, with ${how}`;
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
  const { space, metric, warmStart } = configuration;
  const isWarm = warmStart !== null;
  const others = metric === 'loss' ? [] : ['loss'];
  const options = space.map(({ name }) => name);
  const heads = [
    'place',
    'trial',
    ...(isWarm ? ['from'] : []),
    ...options,
    'epochs',
    metric,
    ...others,
    'time',
  ];
  const rows = trials.map(trial => {
    const last = lastOf(trial);
    return [
      String(trial.place),
      String(trial.number),
      ...(isWarm ? [orDash(originOf(warmStart, trial.number), originText)] : []),
      ...options.map(name => valueText(trial.values[name])),
      last === null ? '0' : formatCount(last.epochs),
      last === null || last.value === null ? (last?.outcome ?? '–') : formatMetric(metric, last.value),
      ...others.map(() => orDash(last?.loss, formatFigure)),
      orDash(last?.seconds, formatDuration),
    ];
  });
  return { heads, rows };
}
