/**
 * The files in the folder of a run: their names, and those that are written whole: config.json as it begins, and at
 * its end summary.json. A run is named by its path: nothing is kept in memory.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../errors.js';
import { describeCause, writeAtomically } from './atomic.js';

/** The names of what is in a run's folder. */
export const RUN_FILES = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  model: 'model.safetensors',
  summary: 'summary.json',
  checkpoints: 'checkpoints',
} as const;

/** Anything that can be written as JSON. */
export type Plain = Readonly<Record<string, unknown>>;

/** Where the run's model goes. */
export function modelPath(run: string): string {
  return join(run, RUN_FILES.model);
}

/** Where the run of a fold is, within that of the cross-validation; folds count from 1. */
export function foldPath(run: string, number: number): string {
  return join(run, `fold-${number}`);
}

/** Of which fold the folder of that name within a run's is; null where it is of none. */
export function foldNumber(name: string): number | null {
  const digits = /^fold-([1-9]\d*)$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Writes the run's config.json. @throws failed where it can't be written */
export async function writeConfig(run: string, config: Plain): Promise<void> {
  await writeAtomically(join(run, RUN_FILES.config), [`${JSON.stringify(config, null, 2)}\n`]);
}

/** Writes the run's summary.json: it has come to its end. @throws failed where it can't be written */
export async function writeSummary(run: string, summary: Plain): Promise<void> {
  await writeAtomically(join(run, RUN_FILES.summary), [`${JSON.stringify(summary, null, 2)}\n`]);
}

/** Removes the run's summary.json, as it is gone on with. @throws failed where it can't be removed */
export async function removeSummary(run: string): Promise<void> {
  const path = join(run, RUN_FILES.summary);
  await rm(path, { force: true }).catch(cause => {
    throw failure(
      `${path}: expected a file that can be removed, got ${describeCause(cause)}.`,
      'Remove it by hand.',
      cause,
    );
  });
}
