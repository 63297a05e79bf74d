/**
 * A hyper-parameter search: draws trials from a space, trains several of them at once on the cores of this machine, and
 * judges them on the validation rows. It accesses neither terminal nor files: it yields new records, and
 * receives earlier ones. A trial's bits depend only on its values, the seed and the data, not on other trials
 * or their order.
 */

import type { Dimension } from '../../config/space.js';
import type { Dataset } from '../../data/dataset.js';
import { LockstepError } from '../../errors.js';
import { checkMetrics } from '../../judge/metrics.js';
import { option } from '../../option-names.js';
import { checkOptions } from '../../train/check-options.js';
import type { TrainOptions } from '../../train/options.js';
import { lanesOf } from '../lanes.js';
import { sideBySide } from '../side-by-side.js';
import { drawTrials, type Trial } from './draw.js';
import { MemoryKeeper, type TrialKeeper } from './keeper.js';
import { TuneLog } from './log.js';
import { planRungs, type Rung } from './plan.js';
import { candidates, needed } from './ranking.js';
import type { TuneRecord, TuneReport } from './records.js';
import { configureTrial, runTrial, type Trainer } from './run-trial.js';
import type { Result, SearchTask, TuneConfiguration, WarmStart } from './schema.js';

export interface TuneOptions {
  space: readonly Dimension[];
  strategy: 'random' | 'halving';
  /** Number of trials. */
  trials: number;
  /** Maximum number of epochs of a trial. */
  epochs: number;
  seed: number;
  /** η of halving; 3 by default. */
  eta?: number;
  /** Epochs of the first rung of halving. */
  minEpochs?: number | null;
  /** A figure on the validation rows; by default accuracy, or rmse for a regression. */
  metric?: string | null;
  /** What earlier searches found, from `planWarmStart`; the space, seed and number of trials must be those that it was planned for. */
  warmStart?: WarmStart | null;
  /** Number of trials that are trained at once; auto, the default: as many as there are cores for. The bits are the same. */
  parallel?: number | 'auto';
}

export interface TuneRun {
  /** Command that repeats the search, for tune.json. */
  command?: string;
  /** What else must be the same when the search is resumed. */
  subject?: TuneConfiguration['subject'];
  /** Records of an interrupted run, whose results are not trained again. */
  records?: readonly TuneRecord[];
  /** Storage for trials; in memory by default. */
  keeper?: TrialKeeper;
  /** Ends the search after the current step. */
  signal?: AbortSignal | null;
}

const ETA = 3;

/** Plan of a search before any training; the same for the same seed and space. */
interface PlannedSearch {
  configuration: TuneConfiguration;
  trials: Trial[];
}

/** @throws usage if space, trials and epochs are inconsistent */
export function planSearch(
  options: TuneOptions,
  trainer: Pick<Trainer, 'data'>,
  subject: TuneConfiguration['subject'],
): PlannedSearch {
  const { space, strategy, seed, epochs, eta = ETA, minEpochs = null, warmStart = null } = options;
  const metric = options.metric ?? (trainer.data.task === 'regression' ? 'rmse' : 'accuracy');
  checkMetrics([metric], trainer.data, option('metric'));
  const rungs = planRungs({ strategy, trials: options.trials, epochs, eta, minEpochs });
  const trials = drawTrials(space, seed, options.trials, warmStart);
  const task = taskOf(trainer.data);
  const search = { space: [...space], strategy, seed, eta: strategy === 'halving' ? eta : null };
  return { configuration: { ...search, rungs, metric, task, warmStart, subject }, trials };
}

/** What is learnt from the data. */
export function taskOf({ task, encoding }: Pick<Dataset, 'task' | 'encoding'>): SearchTask {
  if (encoding.targetIsInput) return 'reconstruction';
  return task === 'regression' ? task : 'classification';
}

/**
 * Trains, and reports as it goes. The last report has the whole search, or null if the signal ended it.
 * @throws usage if a trial's options don't go together (before anything is trained), or if the records are of another
 * search; failed if a worker failed
 */
export async function* tune(
  options: TuneOptions,
  trainer: Trainer,
  { command = '', subject = {}, records = [], keeper = new MemoryKeeper(), signal = null }: TuneRun = {},
): AsyncGenerator<TuneReport, void> {
  const { configuration, trials } = planSearch(options, trainer, subject);
  const log = new TuneLog(configuration, command, records);
  for (const trial of trials) await checkTrial(trial, trainer, configuration.rungs);
  const parallel = options.parallel ?? 'auto';
  const search: Search = { log, trainer, keeper, signal, parallel, out: new Set(), going: new Map() };
  yield log.start();
  for (const rung of configuration.rungs.keys()) {
    if (yield* climb(rung, trials, search)) continue;
    yield { type: 'end', result: null };
    return;
  }
  const repeat = ({ trial }: Result) => trainer.repeat?.(trials[trial - 1]!.values) ?? '';
  yield { type: 'end', result: log.assemble(trials, repeat) };
}

/** State of a running search. */
interface Search {
  log: TuneLog;
  trainer: Trainer;
  keeper: TrialKeeper;
  signal: AbortSignal | null;
  parallel: number | 'auto';
  /** Trials that were dropped. */
  out: Set<number>;
  /** The trials that are being trained, and how many epochs of the rung each has finished. */
  going: Map<number, number>;
}

/** Trains what is missing of one rung. Returns whether it is complete; false if the signal came first. */
async function* climb(
  rung: number,
  trials: readonly Trial[],
  search: Search,
): AsyncGenerator<TuneReport, boolean> {
  const { log, going, trainer, parallel } = search;
  const { rungs, metric } = log.configuration;
  const waiting = rung === 0 ? trials.map(({ number }) => number) : candidates(log.results, rung, metric);
  const lanes = lanesOf(rungs[rung]!.trials, await firstOptions(trainer, trials), trainer, parallel);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(search.signal ? [search.signal] : [])]);
  let finished = 0;
  let isCut = false;

  /** Trains one trial to the end of the rung. */
  async function* lane(trial: Trial): AsyncGenerator<TuneReport, void> {
    const result = yield* reach(rung, trial, { ...search, signal, workers: lanes.workers });
    // At once, so that `next` sees it either going or finished.
    going.delete(trial.number);
    if (result === null) isCut = true;
    else if (result.value !== null) finished++;
    if (result === null) return;
    yield log.add(result, going);
    await dropOthers(rung, trials, search);
  }

  /** A rung needs so many finished trials: the next one takes the place of one that diverges. */
  function next(): AsyncGenerator<TuneReport, void> | null {
    while (!isCut && (rung === 0 || finished + going.size < rungs[rung]!.trials)) {
      const number = waiting.shift();
      if (number === undefined) return null;
      const known = log.resultOf(number, rung);
      if (known === null) {
        going.set(number, 0);
        return lane(trials[number - 1]!);
      }
      if (known.value !== null) finished++;
    }
    return null;
  }

  yield* sideBySide(lanes.count, next, () => stop.abort());
  going.clear();
  if (isCut) return false;
  await dropOthers(rung, trials, search);
  return true;
}

/** Drops the trials that are no longer needed. */
async function dropOthers(
  rung: number,
  trials: readonly Trial[],
  { log, keeper, out }: Search,
): Promise<void> {
  const { rungs, metric } = log.configuration;
  const kept = needed(log.results, rungs, rung, metric);
  const known = new Set(log.results.map(({ trial }) => trial));
  // All of them before the first wait: another lane may add a result during it, which `kept` knows nothing of.
  const dropped = trials.filter(({ number }) => known.has(number) && !kept.has(number) && !out.has(number));
  for (const { number } of dropped) out.add(number);
  for (const trial of dropped) await keeper.drop(trial);
}

/** The options of the first trial: all trials have the same workers. */
async function firstOptions(trainer: Trainer, [first]: readonly Trial[]): Promise<Partial<TrainOptions>> {
  return (await configureTrial(trainer, first!)).options;
}

/** Trains a trial to the end of a rung, unless it ended for another reason before. */
async function* reach(
  rung: number,
  trial: Trial,
  search: Search & { workers: number | null },
): AsyncGenerator<TuneReport, Result | null> {
  const { log, trainer, keeper, signal, workers, out, going } = search;
  const { rungs, metric } = log.configuration;
  const before = log.resultOf(trial.number, rung - 1);
  if (before && before.stopped !== 'epochs') return { ...before, rung, history: [] };
  out.delete(trial.number);
  const from = rungs[rung - 1]?.epochs ?? 0;
  const epochs = { from, to: rungs[rung]!.epochs, last: rungs.at(-1)!.epochs };
  const stretch = { trial, rung, ...epochs, metric, signal, workers };
  let result: Result | null = null;
  try {
    for await (const report of runTrial(stretch, trainer, keeper)) {
      if (report.type === 'end') result = report.result;
      else {
        going.set(trial.number, Math.max(0, report.epoch - from));
        yield log.report({ rung, going });
      }
    }
    return result;
  } catch (error) {
    throw ofTrial(error, trial);
  }
}

/** @throws usage if the values are inconsistent or don't fit the data */
async function checkTrial(trial: Trial, trainer: Trainer, rungs: readonly Rung[]): Promise<void> {
  try {
    const { options } = await configureTrial(trainer, trial);
    checkOptions({ ...options, epochs: rungs.at(-1)!.epochs }, trainer.data, trainer.validation);
  } catch (error) {
    throw ofTrial(error, trial);
  }
}

const CONDITION = 'A dimension can depend on another: momentum=0.5..0.99 if optimizer=sgd.';

/** Adds the trial to the error's message. */
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
