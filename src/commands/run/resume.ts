/**
 * --resume RUN: finds out how a run was started, how far it got and what is left to do. The options are the run's own; the
 * command line may change those that change no bits (agreement.ts).
 */
import { dirname, join } from 'node:path';
import type { Settings } from '../../config/options.js';
import { failure, usageError } from '../../errors.js';
import { type Found, newestCheckpoint } from '../../store/checkpoint-folder.js';
import { readRunFiles } from '../../store/read-run.js';
import { type Plain, RUN_FILES } from '../../store/run-files.js';
import type { Call } from '../line/call.js';
import {
  changesOf,
  checkAgreement,
  checkLimits,
  checkParts,
  checkRecord,
  readRecorded,
} from './agreement.js';
import { findFile, libraryPath, likelyPlace, type Origin, type Place } from './recorded-files.js';

/** A run that is resumed. */
export interface Resumption {
  run: string;
  config: Plain;
  settings: Settings;
  /** Where its data may be: the most likely place, and others. */
  source: string;
  otherPlaces: Place[];
  /** Its newest checkpoint; null if it was killed before there was one, and has to start again. */
  found: Found | null;
  /** The errors of newer checkpoints that are damaged. */
  damaged: Error[];
  /** The summary of a finished run; null for other runs. */
  finished: Plain | null;
}

/** @throws failed if the run cannot be read or its data is missing; usage if the command line does not agree with it */
export async function openRun({ operands, settings: { resume }, given: typed }: Call): Promise<Resumption> {
  const run = resume!;
  const given = typed.blas == null ? typed : { ...typed, blas: libraryPath(typed.blas) };
  for (const key of ['config', 'out', 'force'] as const) {
    if (given[key] === undefined) continue;
    throw usageError(`--${key} can't be combined with --resume, which names a run.`, `Leave --${key} out.`);
  }
  const { config, summary } = await readRunFiles(run);
  const { found, damaged } = await newestCheckpoint(run);
  if (!found && damaged.length > 0) throw damaged[0];
  const where = join(run, RUN_FILES.config);
  const part = config.fold !== undefined ? 'fold' : config.member !== undefined ? 'member' : null;
  if (part) throw usageError(`--resume: ${run} is one ${part} of a run.`, `Try --resume ${dirname(run)}.`);
  const merged = mergeSettings(given, config, { run, where, found });
  const isOfParts = merged.folds !== null || merged.ensemble !== null;
  const finished = !isOfParts && asksForMore(summary, given) ? null : summary;
  if (!finished && summary && !found) {
    throw failure(
      `${run} is finished and has no checkpoint to resume from.`,
      `Start a new run from its model: --init ${join(run, RUN_FILES.model)}.`,
    );
  }
  const opened = { run, config, found, damaged, finished };
  // A finished run needs no data.
  if (finished) return { ...opened, settings: merged, source: '', otherPlaces: [] };
  const origin = originOf(config, run, where);
  const [place, ...otherPlaces] = await placesOfRows(origin, operands[0], merged, given);
  const { source, validation } = place!;
  const init = await placeOfInit(origin, merged.init, {
    isTyped: given.init !== undefined,
    isNeeded: !found,
  });
  return { ...opened, settings: { ...merged, validation, init }, source, otherPlaces };
}

/**
 * A run as a training that begins again, on the data that it recorded.
 * @throws failed if it cannot be read or its data is missing
 */
export async function openAgain(
  run: string,
): Promise<Pick<Resumption, 'settings' | 'source' | 'otherPlaces'>> {
  const { config } = await readRunFiles(run);
  const where = join(run, RUN_FILES.config);
  const { settled } = readRecorded(config, where);
  const origin = originOf(config, run, where);
  const [place, ...otherPlaces] = await placesOfRows(origin, undefined, settled, {});
  const { source, validation } = place!;
  const init = await placeOfInit(origin, settled.init, { isTyped: false, isNeeded: true });
  return { settings: { ...settled, validation, init }, source, otherPlaces };
}

/** The settings of the run, changed by those of the command line. @throws usage if they do not agree */
function mergeSettings(
  given: Partial<Settings>,
  config: Plain,
  { run, where, found }: { run: string; where: string; found: Found | null },
): Settings {
  const recorded = readRecorded(config, where);
  if (found) checkRecord(recorded, where, found);
  checkAgreement(given, recorded, name => `--${name}`, `as ${run} was started with`);
  const merged = { ...recorded.settled, ...changesOf(given, recorded), resume: run };
  if (found) checkLimits(merged, recorded, run, found.checkpoint.state.epoch);
  const { folds, ensemble } = recorded.asked;
  if (folds !== null || ensemble !== null) checkParts(merged, recorded, run);
  return merged;
}

/** The places where the data of a run may be, the most likely first. @throws failed if there is none */
async function placesOfRows(
  origin: Origin & { data: string },
  data: string | undefined,
  { validation }: Settings,
  given: Partial<Settings>,
): Promise<Place[]> {
  const sources = data === undefined ? await findFile(origin, origin.data, 'data', '--data PATH') : [data];
  const isHere = typeof validation !== 'string' || given.validation !== undefined;
  const validations = isHere
    ? [validation]
    : await findFile(origin, validation, 'file of --validation', '--validation FILE');
  return sources.flatMap(source => validations.map(validation => ({ source, validation })));
}

/** The file of initial weights, which matters only if the run starts again. @throws failed if it is needed and missing */
async function placeOfInit(
  origin: Origin,
  init: string | null,
  { isTyped, isNeeded }: { isTyped: boolean; isNeeded: boolean },
): Promise<string | null> {
  if (init === null || isTyped) return init;
  if (!isNeeded) return likelyPlace(origin, init);
  return (await findFile(origin, init, 'file of --init', '--init FILE'))[0]!;
}

/** What the file names in config.json are relative to. @throws failed if it is not recorded */
function originOf({ data, begun }: Plain, run: string, where: string): Origin & { data: string } {
  if (typeof data === 'string' && typeof begun === 'string') return { data, run, begun };
  throw failure(
    `${where} does not record the data of the run and its original folder.`,
    'Use a run of this version of lockstep.',
  );
}

/** Whether the command line extends a finished run. */
function asksForMore(summary: Plain | null, given: Partial<Settings>): boolean {
  const { epochs, maxSteps, tolerance, patience, minDelta, targetMetric } = given;
  const isMore = (asked: number | null | undefined, done: unknown) => asked != null && asked > Number(done);
  return (
    isMore(epochs, summary?.epochs) ||
    isMore(maxSteps, summary?.steps) ||
    [tolerance, patience, minDelta, targetMetric].some(value => value !== undefined)
  );
}
