/**
 * --resume RUN: what a run was begun with, how far it came, and what is left of it to do. The options are the run's own;
 * the line may change those that change no bits (agreement.ts).
 */
import { dirname, join } from 'node:path';
import type { Settings } from '../config/options.js';
import { failure, usageError } from '../errors.js';
import { type Found, newestCheckpoint } from '../store/checkpoint-folder.js';
import { readRunFiles } from '../store/read-run.js';
import { type Plain, RUN_FILES } from '../store/run-files.js';
import {
  changesOf,
  checkAgreement,
  checkFolds,
  checkLimits,
  checkRecord,
  readRecorded,
} from './agreement.js';
import type { Call } from './call.js';
import { fromFolder } from './recorded-files.js';

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
  if (found) checkRecord(recorded, where, found);
  checkAgreement(given, recorded, name => `--${name}`, `with which ${run} was begun`);
  const merged = { ...recorded.settled, ...changesOf(given), resume: run };
  if (found) checkLimits(merged, recorded, run, found.checkpoint.state.epoch);
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

/** Names of files in a run's record are relative to the folder where it was begun. */
function placeOf({ data, folder }: Plain, operand: string | undefined, where: string) {
  if (typeof data !== 'string' || typeof folder !== 'string') {
    throw failure(`${where}: expected the run's data and folder, got none.`, 'Give a run of this version.');
  }
  if (operand === undefined) return { source: data, folder };
  return { source: folder === process.cwd() ? operand : fromFolder(process.cwd(), operand), folder };
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
