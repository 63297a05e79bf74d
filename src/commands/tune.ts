/**
 * lockstep tune DATA: a hyper-parameter search. trials.jsonl in its folder grows by one line per result, so that the same
 * command resumes after an interruption; tune.json, tune.csv, report.html and best/, the run of the best trial, are written
 * at the end.
 */
import { join } from 'node:path';
import { groupOf, nameOf, optionsOf } from '../config/options.js';
import { writeSettings } from '../config/settings.js';
import { type Dimension, defaultSpace, readSpace } from '../config/space.js';
import { failure, LockstepError, usageError } from '../errors.js';
import { chooseBackend } from '../kernels/choose.js';
import { tuneCsv } from '../lab/tune/csv.js';
import { haveFinished } from '../lab/tune/ranking.js';
import type { TuneRecord } from '../lab/tune/records.js';
import type { Tuning } from '../lab/tune/schema.js';
import { planSearch, type TuneOptions, tune } from '../lab/tune/tune.js';
import { usualRule } from '../model/optimizer.js';
import { tunePage } from '../report/tune/page.js';
import { TuneProgress } from '../report/tune/progress.js';
import { tuneText } from '../report/tune/text.js';
import { writeAtomically } from '../store/atomic.js';
import { fingerprintData } from '../store/fingerprint.js';
import { type Journal, openJournal } from '../store/journal.js';
import { usualRate } from '../train/defaults.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, printNotice } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { makeRunFolder, whileLocked } from './run/run-folder.js';
import { TUNE_FILES } from './run/study-folder.js';
import { type Search, TrialFolders } from './run/trial-folders.js';
import { describeMachine } from './settings/machine.js';
import { checkNeeds } from './settings/needs.js';
import { loadTables } from './settings/train-options.js';

export async function run(call: Call): Promise<number> {
  const { settings, given, signal } = call;
  // Options of a training may be drawn, so they are checked for each trial.
  checkNeeds('tune', settings, { given, keys: optionsOf('tune').filter(key => groupOf(key) === 'Search') });
  const space = await unlessAborted(
    readSpace(
      settings.space ??
        // Every network of the default space has a hidden layer.
        defaultSpace(usualRate(settings.optimizer ?? usualRule(1), 'multiclass')),
    ),
    signal,
  );
  const { strategy, trials, epochs, seed, eta, minEpochs, metric } = settings;
  if (metric === 'loss') checkComparable(space);
  const options = { space, strategy, trials, epochs, seed, minEpochs, metric, ...(eta !== null && { eta }) };
  const folder = await makeRunFolder(settings.out);
  try {
    return await whileLocked(folder.path, async () => {
      const journal = await openJournal<TuneRecord>(join(folder.path, TUNE_FILES.journal));
      try {
        const found = await unlessAborted(load(call), signal);
        return await searchInto(folder.path, journal, options, { ...call, ...found });
      } finally {
        await journal.close();
      }
    });
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** Options that change the loss itself. */
const SHAPES_OF_LOSS: readonly string[] = (['loss', 'huberDelta', 'reduction'] as const).map(nameOf);

/** @throws usage if the losses of trials cannot be compared */
function checkComparable(space: readonly Dimension[]): void {
  const drawn = space.find(({ name }) => SHAPES_OF_LOSS.includes(name));
  if (drawn === undefined) return;
  throw usageError(
    `--metric: expected a figure that means the same in all trials, as --space has ${drawn.name}, got loss.`,
    'Leave it out, for rmse or accuracy.',
  );
}

type Loaded = Pick<Search, 'data' | 'validation' | 'fingerprint'>;

/** Loads the rows, once for all trials. @throws failed; usage if there are no validation rows */
async function load({ operands, settings }: Call): Promise<Loaded> {
  const { train: data, validation } = await loadTables(operands[0]!, settings);
  if (validation) return { data, validation, fingerprint: fingerprintData(data, validation) };
  throw usageError(
    'lockstep tune: expected validation rows to judge trials by, got none.',
    'Try --validation 0.2.',
  );
}

async function searchInto(
  folder: string,
  journal: Journal<TuneRecord>,
  options: TuneOptions,
  { line, operands, settings, signal, data, validation, fingerprint }: Call & Loaded,
): Promise<number> {
  const backend = chooseBackend(settings.backend, settings.blas);
  printNotice(backend.notice);
  const subject = {
    data: operands[0]!,
    options: writeSettings('train', settings),
    fingerprint,
    machine: describeMachine({ backend: backend.name, description: backend.description }),
  };
  const { rungs, metric } = planSearch(options, { data }, subject).configuration;
  const trials = new TrialFolders({
    ...{ folder, source: operands[0]!, data, validation, fingerprint, metric, signal },
    settings: { ...settings, epochs: rungs.at(-1)!.epochs },
  });
  const searching = tune(options, trials, {
    command: line,
    subject,
    records: journal.records,
    keeper: trials,
    signal,
  });
  tellCrowding(settings);
  const progress = new TuneProgress(metric, rungs, settings.quiet ? null : process.stderr);
  const result = await follow(searching, progress, journal);
  if (result === null) {
    process.stderr.write(`interrupted; the same command with --out ${folder} goes on from here\n`);
    throw signal.reason;
  }
  await conclude(folder, result, trials, settings.json);
  return 0;
}

/** Shows and keeps the reports of a search, to its end. */
async function follow(
  searching: ReturnType<typeof tune>,
  progress: TuneProgress,
  journal: Journal<TuneRecord>,
): Promise<Tuning | null> {
  try {
    for await (const report of searching) {
      if (report.type === 'end') return report.result;
      if (report.record !== null) await journal.append(report.record);
      progress.show(report);
    }
    return null;
  } finally {
    progress.stop();
  }
}

/** Writes what the search came to, and prints it. @throws diverged or failed where no trial has a value */
async function conclude(folder: string, result: Tuning, trials: TrialFolders, json: boolean): Promise<void> {
  await writeAtomically(join(folder, TUNE_FILES.tuning), [`${JSON.stringify(result, null, 1)}\n`]);
  await writeAtomically(join(folder, TUNE_FILES.table), [tuneCsv(result)]);
  await writeAtomically(join(folder, TUNE_FILES.page), [tunePage(result, packageVersion())]);
  const best = result.best && (await trials.writeBest(result.best));
  if (json) printJson(result);
  else print(`${tuneText(result)}\n\n${folder}: ${Object.values(TUNE_FILES).join(', ')}, trials/, best/`);
  if (best !== null) return;
  throw withoutBest(folder, result);
}

/** The error if no trial has a value: all diverged, or the metric is not defined on these validation rows. */
function withoutBest(folder: string, { trials, configuration: { metric } }: Tuning): LockstepError {
  if (haveFinished(trials)) {
    return failure(
      `${folder}: expected trials judged by ${metric}, got ${trials.length} without: it is not defined on the validation rows.`,
      'Try another --metric, or other --validation rows.',
    );
  }
  return new LockstepError(
    'diverged',
    `${folder}: expected a trial that learns, got ${trials.length} that diverged.`,
    { hint: 'Try smaller lr in --space, and check the data for huge values.' },
  );
}
