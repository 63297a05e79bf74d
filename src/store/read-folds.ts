/** Reads the folder of a cross-validation in any state: its record, and the folds that exist. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../errors.js';
import { findRunFiles, type RunFiles, readObject } from './read-run.js';
import { foldNumber, foldPath, type Plain, RUN_FILES } from './run-files.js';

export interface FoldFiles {
  /** Configuration shared by the folds. */
  config: Plain;
  /** Total number of folds. */
  total: number;
  /** Folds that have a record, in order. */
  runs: RunFiles[];
  /** Folder of a fold without a record: it has just started, or its process was killed at that moment. */
  begun: string | null;
}

/**
 * null if the folder belongs to something else.
 * @throws usage if it has no record yet, or one of its files is not JSON
 */
export async function readFolds(folder: string): Promise<FoldFiles | null> {
  const names = await readdir(folder).catch(() => []);
  const numbers = names.map(foldNumber).filter(number => number !== null);
  if (numbers.length === 0) return null;
  const path = join(folder, RUN_FILES.config);
  const config = await readObject(path);
  if (config === null) {
    throw usageError(
      `${path}: expected the record of a cross-validation, got nothing yet.`,
      'Repeat the command that it is of.',
    );
  }
  const { folds } = (config.options ?? {}) as Plain;
  // A run without folds that replaced one with folds: any remaining fold folders were put there by somebody
  // else.
  if (folds === undefined) return null;
  const total = Number(folds);
  numbers.sort((a, b) => a - b);
  const paths = numbers.filter(number => number <= total).map(number => foldPath(folder, number));
  const found = await Promise.all(paths.map(findRunFiles));
  return {
    config,
    total,
    runs: found.filter(run => run !== null),
    begun: paths.find((_, i) => found[i] === null) ?? null,
  };
}
