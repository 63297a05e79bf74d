/**
 * Names of the files in a run's folder, and writing of those that are written in one piece: config.json at
 * the start, pictures.json and summary.json at the end.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeCause, failure } from '../errors.js';
import { writeAtomically } from './atomic.js';

/** File names in a run's folder. */
export const RUN_FILES = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  model: 'model.safetensors',
  pictures: 'pictures.json',
  summary: 'summary.json',
  checkpoints: 'checkpoints',
} as const;

/** The run of the best trial in the folder of a search. */
export const BEST_TRIAL = 'best';

/** A JSON object. */
export type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Path of the run's model. */
export function modelPath(run: string): string {
  return join(run, RUN_FILES.model);
}

/** Path of a fold's run within the folder of the cross-validation; folds are numbered from 1. */
export function foldPath(run: string, number: number): string {
  return join(run, `fold-${number}`);
}

/** Path of a member's run within the folder of the ensemble; members are numbered from 1. */
export function memberPath(run: string, number: number): string {
  return join(run, `member-${number}`);
}

/** Digits of the number in the name of a trial's folder. */
const TRIAL_DIGITS = 4;

/** Path of a trial's run within the folder of the search; trials are numbered from 1. */
export function trialPath(search: string, { number }: { number: number }): string {
  return join(search, 'trials', String(number).padStart(TRIAL_DIGITS, '0'));
}

/** The fold or member with this folder name; null if the name is not one of theirs. */
export function partOf(name: string): { kind: 'fold' | 'member'; number: number } | null {
  const [, kind, digits] = /^(fold|member)-([1-9]\d*)$/.exec(name) ?? [];
  return digits === undefined ? null : { kind: kind as 'fold' | 'member', number: Number(digits) };
}

/** Writes the run's config.json. @throws failed if it can't be written */
export async function writeConfig(run: string, config: Plain): Promise<void> {
  await writeAtomically(join(run, RUN_FILES.config), [`${JSON.stringify(config, null, 2)}\n`]);
}

/** Writes the run's pictures.json, before the summary, if there are any. @throws failed if it can't be written */
export async function writePictures(run: string, pictures: object): Promise<void> {
  if (Object.keys(pictures).length === 0) return;
  await writeAtomically(join(run, RUN_FILES.pictures), [`${JSON.stringify(pictures)}\n`]);
}

/** Writes the run's summary.json, which marks the run as finished. @throws failed if it can't be written */
export async function writeSummary(run: string, summary: Plain): Promise<void> {
  await writeAtomically(join(run, RUN_FILES.summary), [`${JSON.stringify(summary, null, 2)}\n`]);
}

/** Removes the run's summary.json and pictures.json when the run is resumed. @throws failed if one can't be removed */
export async function removeSummary(run: string): Promise<void> {
  for (const name of [RUN_FILES.summary, RUN_FILES.pictures]) {
    const path = join(run, name);
    await rm(path, { force: true }).catch(cause => {
      throw failure(
        `${path}: expected a file that can be removed, got ${describeCause(cause)}.`,
        'Remove it by hand.',
        cause,
      );
    });
  }
}
