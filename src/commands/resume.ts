/**
 * --resume RUN: what a run was begun with and how far it came, and whether what stands on the line agrees. The
 * options are the run's own; the line may change those that change no bits.
 */
import { dirname, join, resolve } from 'node:path';
import { groupOf, nameOf, OPTION_KEYS, type OptionKey, type Settings } from '../config/options.js';
import { checkOptions, defaults, type Given } from '../config/settings.js';
import { failure, usageError } from '../errors.js';
import { goesByAllSteps } from '../model/schedule.js';
import { type Found, newestCheckpoint } from '../store/checkpoint-folder.js';
import { readRunFiles } from '../store/read-run.js';
import { type Plain, RUN_FILES } from '../store/run-files.js';
import type { Call } from './call.js';

/** Options that change no bits of a step: whoever goes on with a run may choose them anew. */
const FREE: ReadonlySet<OptionKey> = new Set([
  ...(['workers', 'update', 'epochs', 'tolerance', 'metrics'] as const),
  ...(['stepLimit', 'patience', 'minDelta', 'goal'] as const),
  ...(['checkpointEvery', 'keep', 'maxTime', 'stallTimeout', 'injectFault'] as const),
]);

/** Those of them by which no fold comes to something else. */
const CHANGING_NO_FOLD: ReadonlySet<OptionKey> = new Set([
  ...(['workers', 'update'] as const),
  ...(['checkpointEvery', 'keep', 'maxTime', 'stallTimeout', 'injectFault'] as const),
]);

/** A run that is gone on with. */
export interface Resumption {
  run: string;
  config: Plain;
  settings: Settings;
  /** DATA as it is recorded, and the folder that names of files are relative to. */
  source: string;
  folder: string;
  /** Its newest checkpoint; null where it was killed before there was one, and has to begin anew. */
  found: Found | null;
  /** What is wrong with newer ones. */
  damaged: Error[];
  /** The summary of a run that has come to its end, null of others. */
  finished: Plain | null;
}

/** @throws failed where the run can't be read; usage where the line doesn't agree with it */
export async function openRun({ operands, settings, given }: Call): Promise<Resumption> {
  const run = settings.resume!;
  for (const key of ['config', 'out', 'force'] as const) {
    if (given[key] === undefined) continue;
    throw usageError(`--${key}: expected none beside --resume, which names a run.`, 'Leave it out.');
  }
  const { config, summary } = await readRunFiles(run);
  const { found, damaged } = await newestCheckpoint(run);
  if (!found && damaged.length > 0) throw damaged[0];
  const where = join(run, RUN_FILES.config);
  if (config.fold !== undefined) {
    throw usageError(
      `--resume: expected the folder of a run, got ${run}, of one fold.`,
      `Try --resume ${dirname(run)}.`,
    );
  }
  const recorded = readRecorded(config, where);
  if (found) {
    const { path, checkpoint } = found;
    const begun = readRecorded(checkpoint.run, path);
    for (const present of [recorded.asked, recorded.settled]) {
      checkAgreement(present, begun, name => `${where}, ${name}`, `as ${path} has it`);
    }
  }
  checkAgreement(given, recorded, name => `--${name}`, `with which ${run} was begun`);
  const merged = { ...recorded.settled, ...changesOf(given), resume: run };
  for (const key of ['epochs', 'stepLimit'] as const) {
    const begun = recorded.settled[key];
    if (!found || merged[key] === begun || !goesByAllSteps(merged.lrSchedule)) continue;
    throw usageError(
      `--${nameOf(key)}: expected ${show(begun)}, with which ${run} was begun, got ${show(merged[key])}.`,
      `--lr-schedule ${merged.lrSchedule} goes to the last step. Begin a new run, from these weights with --init.`,
    );
  }
  if (found && merged.epochs < found.checkpoint.state.epoch) {
    const done = found.checkpoint.state.epoch;
    throw usageError(
      `--epochs: expected ${done} or more, as ${run} is in epoch ${done}, got ${merged.epochs}.`,
    );
  }
  const place = placeOf(config, operands[0], where);
  if (recorded.asked.folds !== null) checkFolds(merged, recorded, run);
  const finished = recorded.asked.folds === null && asksForMore(summary, given) ? null : summary;
  if (!finished && summary && !found) {
    throw failure(
      `${run}: expected a checkpoint to go on from, got none: it was run to its end without --checkpoint-every.`,
      `Begin from its model: --init ${join(run, RUN_FILES.model)}.`,
    );
  }
  return { run, config, settings: merged, ...place, found, damaged, finished };
}

/** The options of a run: as they were asked for, and with what they became in place of auto. */
interface Recorded {
  asked: Settings;
  settled: Settings;
}

function readRecorded(run: Plain, where: string): Recorded {
  const { options, shards, backend, batchSize, learningRate } = run;
  if (typeof options !== 'object' || options === null) {
    throw failure(`${where}: expected the options of a run, got none.`, 'Give a run of this version.');
  }
  const asked = { ...defaults(), ...checkOptions('train', options as Given, where) };
  const became = {
    shards,
    backend,
    // A whole batch is one of however many rows; a rate that was scaled by the batch is scaled anew.
    ...(asked.batchSchedule === null
      ? { 'batch-size': asked.batchSize === 'full' ? 'full' : batchSize }
      : {}),
    ...(asked.scaleLr === 'none' ? { lr: learningRate } : {}),
  };
  return { asked, settled: { ...asked, ...checkOptions('train', became, where) } };
}

/**
 * @param place how a message names the option
 * @param which what the expected value is, for the message
 * @throws usage with the first option that would change bits
 */
function checkAgreement(
  given: Partial<Settings>,
  { asked, settled }: Recorded,
  place: (name: string) => string,
  which: string,
): void {
  for (const key of OPTION_KEYS) {
    if (given[key] === undefined || isChangeable(key)) continue;
    if (isSame(given[key], asked[key]) || isSame(given[key], settled[key])) continue;
    throw usageError(
      `${place(nameOf(key))}: expected ${show(settled[key])}, ${which}, got ${show(given[key])}.`,
      'It would change the bits. Leave it out, or begin a new run, from these weights with --init.',
    );
  }
}

/** What each fold was or will be trained with. @throws usage where it isn't what the first was */
function checkFolds(merged: Settings, { asked, settled }: Recorded, run: string): void {
  for (const key of FREE) {
    if (CHANGING_NO_FOLD.has(key)) continue;
    if (isSame(merged[key], asked[key]) || isSame(merged[key], settled[key])) continue;
    throw usageError(
      `--${nameOf(key)}: expected ${show(settled[key])}, with which the folds of ${run} were begun, got ${show(merged[key])}.`,
      'All folds are trained alike. Leave it out, or begin a new run.',
    );
  }
}

/** What of the line takes the place of what is recorded. */
function changesOf(given: Partial<Settings>): Partial<Settings> {
  const keys = OPTION_KEYS.filter(key => given[key] !== undefined && isChangeable(key));
  return Object.fromEntries(keys.map(key => [key, given[key]]));
}

function isChangeable(key: OptionKey): boolean {
  return FREE.has(key) || groupOf(key) === 'Input and output';
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: unknown): string {
  return value === null ? 'none' : Array.isArray(value) ? value.join(',') || 'none' : String(value);
}

/** Names of files in a run's record are relative to the folder where it was begun. */
function placeOf({ data, folder }: Plain, operand: string | undefined, where: string) {
  if (typeof data !== 'string' || typeof folder !== 'string') {
    throw failure(`${where}: expected the run's data and folder, got none.`, 'Give a run of this version.');
  }
  if (operand === undefined) return { source: data, folder };
  return { source: folder === process.cwd() ? operand : fromFolder(process.cwd(), operand), folder };
}

/** A name that was given in another folder, as it is to be opened here. */
export function fromFolder(folder: string, name: string): string {
  return folder === process.cwd() || name.startsWith('synthetic:') ? name : resolve(folder, name);
}

/** Whether a run that is at its end has something to do again. */
function asksForMore(summary: Plain | null, given: Partial<Settings>): boolean {
  const { epochs, stepLimit, tolerance, patience, minDelta, goal } = given;
  const isMore = (asked: number | null | undefined, done: unknown) => asked != null && asked > Number(done);
  return (
    isMore(epochs, summary?.epochs) ||
    isMore(stepLimit, summary?.steps) ||
    [tolerance, patience, minDelta, goal].some(value => value !== undefined)
  );
}
