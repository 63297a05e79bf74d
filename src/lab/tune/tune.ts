/**
 * A search for options: trials are drawn from a space, trained one after the other on all workers, and judged on the
 * validation rows. Knows neither terminal nor files: what it finds it yields, and what was found before it is given.
 * A trial's bits depend on its values, the seed and the data alone, not on which others were trained, nor when.
 */

import type { Dimension } from '../../config/space.js';
import { LockstepError } from '../../errors.js';
import { checkMetrics } from '../../judge/metrics.js';
import { checkOptions } from '../../train/check-options.js';
import { option } from '../../wording.js';
import { drawTrials, type Trial } from './draw.js';
import { MemoryKeeper, type TrialKeeper } from './keeper.js';
import { TuneLog } from './log.js';
import { planRungs, type Rung } from './plan.js';
import { candidates, needed } from './ranking.js';
import type { TuneRecord, TuneReport } from './records.js';
import { configureTrial, runTrial, type Trainer } from './run-trial.js';
import type { Result, TuneConfiguration, Tuning } from './schema.js';

export interface TuneOptions {
  space: readonly Dimension[];
  strategy: 'random' | 'halving';
  /** How many are drawn. */
  trials: number;
  /** The most that a trial is trained for. */
  epochs: number;
  seed: number;
  /** η of halving; 3 unless given. */
  eta?: number;
  /** Epochs of the first rung of halving. */
  minEpochs?: number | null;
  /** A figure of the validation rows; accuracy, or of a regression rmse, unless given. */
  metric?: string | null;
}

export interface TuneRun {
  /** What to type to repeat the search; for tune.json. */
  command?: string;
  /** What else it has to have in common with one that it goes on from. */
  subject?: TuneConfiguration['subject'];
  /** The records of an earlier run that was interrupted: none of its results is trained again. */
  records?: readonly TuneRecord[];
  /** Where trials are kept; in memory unless given. */
  keeper?: TrialKeeper;
  /** Ends the search after the step under way. */
  signal?: AbortSignal | null;
}

const ETA = 3;

/** What a search does before it trains anything: the same for the same seed and space. */
export interface PlannedSearch {
  configuration: TuneConfiguration;
  trials: Trial[];
}

/** @throws usage where space, trials and epochs don't go together */
export function planSearch(
  options: TuneOptions,
  trainer: Pick<Trainer, 'data'>,
  subject: TuneConfiguration['subject'],
): PlannedSearch {
  const { space, strategy, seed, epochs, eta = ETA, minEpochs = null } = options;
  const metric = options.metric ?? (trainer.data.task === 'regression' ? 'rmse' : 'accuracy');
  checkMetrics([metric], trainer.data, option('metric'));
  const rungs = planRungs({ strategy, trials: options.trials, epochs, eta, minEpochs });
  const trials = drawTrials(space, seed, options.trials);
  const halving = strategy === 'halving' ? eta : null;
  return {
    configuration: { space: [...space], strategy, seed, eta: halving, rungs, metric, subject },
    trials,
  };
}

/**
 * Trains, and reports as it goes. Returns the whole search, or null where the signal ended it.
 * @throws usage where a trial's options don't go together, before anything is trained, or the records are another
 * search's; failed where a worker did
 */
export async function* tune(
  options: TuneOptions,
  trainer: Trainer,
  { command = '', subject = {}, records = [], keeper = new MemoryKeeper(), signal = null }: TuneRun = {},
): AsyncGenerator<TuneReport, Tuning | null> {
  const { configuration, trials } = planSearch(options, trainer, subject);
  const log = new TuneLog(configuration, command, records);
  for (const trial of trials) await checkTrial(trial, trainer, configuration.rungs);
  const search: Search = { log, trainer, keeper, signal, out: new Set() };
  yield log.start();
  for (const rung of configuration.rungs.keys()) {
    if (!(yield* climb(rung, trials, search))) return null;
  }
  return log.assemble(
    trials,
    ({ trial, shards }) => trainer.repeat?.(trials[trial - 1]!.values, shards) ?? '',
  );
}

/** The parts of a search that runs. */
interface Search {
  log: TuneLog;
  trainer: Trainer;
  keeper: TrialKeeper;
  signal: AbortSignal | null;
  /** Trials that were dropped. */
  out: Set<number>;
}

/** Trains one rung, as far as it is missing. Returns whether all of it is there: not where the signal came. */
async function* climb(
  rung: number,
  trials: readonly Trial[],
  search: Search,
): AsyncGenerator<TuneReport, boolean> {
  const { log } = search;
  const { rungs, metric } = log.configuration;
  const going = rung === 0 ? trials.map(({ number }) => number) : candidates(log.results, rung, metric);
  let finished = 0;
  for (const number of going) {
    // One that diverges leaves its place to the next.
    if (rung > 0 && finished >= rungs[rung]!.trials) break;
    const trial = trials[number - 1]!;
    let result = log.resultOf(number, rung);
    if (result === null) {
      result = yield* reach(rung, trial, search);
      if (result === null) return false;
      yield log.add(result);
    }
    if (result.value !== null) finished++;
    await dropOthers(rung, trials, search);
  }
  return true;
}

/** Lets go of trials that nothing is needed of any more. */
async function dropOthers(
  rung: number,
  trials: readonly Trial[],
  { log, keeper, out }: Search,
): Promise<void> {
  const { rungs, metric } = log.configuration;
  const kept = needed(log.results, rungs, rung, metric);
  for (const trial of trials) {
    const { number } = trial;
    const isKnown = log.results.some(result => result.trial === number);
    if (!isKnown || kept.has(number) || out.has(number)) continue;
    await keeper.drop(trial);
    out.add(number);
  }
}

/** Trains a trial to the end of a rung; one that has come to an end of its own stays as it is. */
async function* reach(rung: number, trial: Trial, search: Search): AsyncGenerator<TuneReport, Result | null> {
  const { log, trainer, keeper, signal, out } = search;
  const { rungs, metric } = log.configuration;
  const before = log.resultOf(trial.number, rung - 1);
  if (before && before.stopped !== 'epochs') return { ...before, rung, history: [] };
  out.delete(trial.number);
  const from = rungs[rung - 1]?.epochs ?? 0;
  const stretch = { trial, rung, from, to: rungs[rung]!.epochs, last: rungs.at(-1)!.epochs, metric, signal };
  let result: Result | null = null;
  const points = async function* () {
    result = yield* runTrial(stretch, trainer, keeper);
  };
  try {
    for await (const { epoch } of points()) {
      yield log.report({ trial: trial.number, rung, epochs: Math.max(0, epoch - from) });
    }
    return result;
  } catch (error) {
    throw ofTrial(error, trial);
  }
}

/** @throws usage where the values don't go together, or don't fit the data */
async function checkTrial(trial: Trial, trainer: Trainer, rungs: readonly Rung[]): Promise<void> {
  try {
    const { options } = await configureTrial(trainer, trial);
    checkOptions({ ...options, epochs: rungs.at(-1)!.epochs }, trainer.data, trainer.validation);
  } catch (error) {
    throw ofTrial(error, trial);
  }
}

const CONDITION = 'What goes with some values alone is drawn so: momentum=0.5..0.99 if optimizer=sgd.';

/** The error with the trial that it is about. */
function ofTrial(error: unknown, { number, values }: Trial): unknown {
  if (!(error instanceof LockstepError)) return error;
  const shown = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const { code, cause } = error;
  const { message, hint } = error.text;
  const more = code === 'usage' ? [CONDITION] : [];
  return new LockstepError(code, `trial ${number} (${shown.join(' ')}): ${message}`, {
    hint: [...(hint === undefined ? [] : [hint]), ...more].join('\n'),
    cause,
  });
}
