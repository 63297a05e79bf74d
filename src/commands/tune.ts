/**
 * lockstep tune DATA: a hyper-parameter search. trials.jsonl in its folder grows by one line per result, so that the same
 * command resumes after an interruption; tune.json, tune.csv, report.html and best/, the run of the best trial, are written
 * at the end.
 */
import { join } from 'node:path';
import { groupOf, nameOf, OPTIONS, type OptionKey, optionOf, optionsOf } from '../config/options.js';
import { writeSettings } from '../config/settings.js';
import { type Dimension, defaultSpace, parseSpace, RECIPE_SPACE, readSpace } from '../config/space.js';
import { failure, LockstepError, usageError } from '../errors.js';
import { chooseBackend } from '../kernels/choose.js';
import { tuneCsv } from '../lab/tune/csv.js';
import { haveFinished } from '../lab/tune/ranking.js';
import type { TuneEndReport, TuneProgressReport, TuneRecord } from '../lab/tune/records.js';
import type { Tuning } from '../lab/tune/schema.js';
import { planSearch, type TuneOptions, taskOf, tune } from '../lab/tune/tune.js';
import { usualRule } from '../model/optimizer.js';
import { tunePage } from '../report/tune/page.js';
import { TuneProgress } from '../report/tune/progress.js';
import { tuneText } from '../report/tune/text.js';
import { writeAtomically } from '../store/atomic.js';
import { fingerprintData } from '../store/fingerprint.js';
import { usualRate } from '../train/defaults.js';
import { packageVersion } from '../version.js';
import type { Call } from './line/call.js';
import { tellCrowding } from './line/messages.js';
import { print, printJson, say } from './line/print.js';
import { unlessAborted } from './line/signals.js';
import { follow, inJournaledFolder, type JournaledFolder } from './run/journaled.js';
import { checkSearchRecords, TUNE_FILES } from './run/study-folder.js';
import { type Search, TrialFolders } from './run/trial-folders.js';
import { warmStartFrom } from './run/warm-start.js';
import { describeMachine, shapingFacts } from './settings/machine.js';
import { checkNeeds } from './settings/needs.js';
import { applyPreset, hasPreset } from './settings/preset.js';
import { loadTables } from './settings/tables.js';

export async function run(call: Call): Promise<number> {
  const { settings, given, chosen, signal } = call;
  // Options of a training may be drawn, so they are checked for each trial.
  checkNeeds('tune', settings, { given, keys: optionsOf('tune').filter(key => groupOf(key) === 'Search') });
  const space = settings.space === null ? null : await unlessAborted(readSpace(settings.space), signal);
  if (settings.metric === 'loss') checkComparable(space ?? []);
  checkGivenOnce(space ?? [], chosen);
  return inJournaledFolder<TuneRecord, number>(settings.out, TUNE_FILES.journal, async folder => {
    // What is drawn is chosen: a preset does not replace it.
    const drawn = optionsOf('tune').filter(key => space?.some(({ name }) => name === nameOf(key)));
    const told = { ...chosen, ...Object.fromEntries(drawn.map(key => [key, true])) } as typeof chosen;
    const loaded = await unlessAborted(load(call, told), signal);
    const tables = { train: loaded.data, validation: loaded.validation };
    const usual = () =>
      usualSpace(hasPreset(settings, told, tables) ? RECIPE_SPACE : plainSpace(settings), chosen);
    const settled = { ...call, settings: applyPreset(settings, told, tables) };
    return searchInto(folder, space ?? usual(), { ...settled, ...loaded });
  });
}

/** A default space without what the user chose and what depends on it. @throws usage if nothing is left */
function usualSpace(text: string, chosen: Call['chosen']): Dimension[] {
  const names = chosenNames(chosen);
  const isOpen = (name: string | undefined) => name === undefined || !names.has(name);
  const left = parseSpace(text).filter(({ name, condition }) => isOpen(name) && isOpen(condition?.name));
  if (left.length > 0) return left;
  throw usageError(
    'All options of the default space are given, so no trials differ.',
    'Give others in --space.',
  );
}

/** @throws usage if an option has one value for all trials and is drawn too */
function checkGivenOnce(space: readonly Dimension[], chosen: Call['chosen']): void {
  const names = chosenNames(chosen);
  const twice = space.find(({ name }) => names.has(name));
  if (twice === undefined) return;
  throw usageError(`--${twice.name} is given, and drawn by --space.`, 'Leave one of them out.');
}

function chosenNames(chosen: Call['chosen']): Set<string> {
  return new Set((Object.keys(chosen) as OptionKey[]).map(nameOf));
}

/** Every network of the default space has a hidden layer. */
function plainSpace({ optimizer }: Call['settings']): string {
  return defaultSpace(usualRate(optimizer ?? usualRule(1), 'multiclass'));
}

/** Options that change the loss itself. */
const SHAPES_OF_LOSS: readonly string[] = (['loss', 'huberDelta', 'quantile', 'reduction'] as const).map(
  nameOf,
);

/** @throws usage if the losses of trials cannot be compared */
function checkComparable(space: readonly Dimension[]): void {
  const drawn = space.find(({ name }) => SHAPES_OF_LOSS.includes(name));
  if (drawn === undefined) return;
  throw usageError(
    `--metric loss can't be combined with ${drawn.name} in --space: the losses of the trials could not be compared.`,
    'Leave --metric out, which means accuracy or rmse.',
  );
}

type Loaded = Pick<Search, 'data' | 'validation' | 'fingerprint'>;

/** Loads the rows, once for all trials. @throws failed; usage if there are no validation rows */
async function load({ operands, settings }: Call, chosen: Call['chosen']): Promise<Loaded> {
  const { train: data, validation, fingerprint } = await loadTables(operands[0]!, settings, chosen);
  if (validation) return { data, validation, fingerprint: fingerprint ?? fingerprintData(data, validation) };
  throw usageError('lockstep tune needs validation rows to judge trials by.', 'Try --validation 0.2.');
}

async function searchInto(
  folder: JournaledFolder<TuneRecord>,
  space: readonly Dimension[],
  call: Call & Loaded,
): Promise<number> {
  const { line, settings, signal, data, validation, fingerprint } = call;
  const { path, journal } = folder;
  if (journal.records.length > 0) checkSearchRecords(join(path, TUNE_FILES.journal), journal.records);
  const { strategy, trials: count, epochs, seed, eta, minEpochs, metric: asked, parallel } = settings;
  const from = settings.from ?? [];
  const source = call.operands[0]!;
  const backend = chooseBackend(settings.backend, settings.blas);
  say(backend.notice);
  const fixed = decisiveOptions(settings);
  const warmSearch = { space, fixed, task: taskOf(data), seed, trials: count };
  const warmStart = await warmStartFrom(from, folder, warmSearch, { isQuiet: settings.quiet });
  const search = { space, strategy, trials: count, epochs, seed, minEpochs, metric: asked, parallel };
  const options: TuneOptions = { ...search, warmStart, ...(eta !== null && { eta }) };
  const subject = {
    data: source,
    ...(from.length > 0 && { from }),
    options: fixed,
    fingerprint,
    machine: shapingFacts(describeMachine({ backend: backend.name, description: backend.description })),
  };
  const { rungs, metric } = planSearch(options, { data }, subject).configuration;
  const trials = new TrialFolders({
    ...{ folder: path, source, data, validation, fingerprint, metric, signal },
    // Trials are trained at once, not the members of an ensemble in them.
    settings: { ...settings, epochs: rungs.at(-1)!.epochs, parallel: OPTIONS.parallel.default },
  });
  const run = { command: line, subject, records: journal.records, keeper: trials, signal };
  const searching = tune(options, trials, run);
  tellCrowding(settings);
  const progress = new TuneProgress(metric, rungs, settings.quiet ? null : process.stderr);
  const result = await follow<TuneProgressReport, TuneEndReport>(searching, progress, folder, call);
  await conclude(path, result, trials, settings.json);
  return 0;
}

/** The options of all trials, without those that change no result: a search may be resumed with others. */
function decisiveOptions(settings: Call['settings']): Record<string, unknown> {
  const free = optionsOf('train').filter(key => optionOf(key).changes === 'nothing');
  const written = Object.entries(writeSettings('train', settings));
  return Object.fromEntries(written.filter(([name]) => !free.some(key => nameOf(key) === name)));
}

/** Writes and prints the result of the search. @throws diverged or failed if no trial has a value */
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
      `${folder}: none of the ${trials.length} trials has a value of ${metric}: it is not defined on the validation rows.`,
      'Try another --metric, or other --validation rows.',
    );
  }
  return new LockstepError('diverged', `${folder}: all ${trials.length} trials diverged.`, {
    hint: 'Try smaller values of lr in --space, and check the data for huge values.',
  });
}
