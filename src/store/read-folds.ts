/** Reads the folder of a cross-validation, whatever state it is in: its record, and its folds as far as they are. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../errors.js';
import { findRunFiles, type RunFiles, readObject } from './read-run.js';
import { foldNumber, foldPath, type Plain, RUN_FILES } from './run-files.js';

export interface FoldFiles {
  /** What the folds have in common. */
  config: Plain;
  /** How many there will be. */
  total: number;
  /** Those that have a record, in their order. */
  runs: RunFiles[];
  /** The folder of one without: it is just being begun, or its process was killed as it was. */
  begun: string | null;
}

/**
 * null where it is the folder of something else.
 * @throws usage where it has no record yet, or a file of it is no JSON
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
  // A run without folds, in the place of one with: what is left of those somebody else has put there.
  if (folds === undefined) return null;
  const total = Number(folds);
  numbers.sort((a, b) => a - b);
  const paths = numbers.filter(number => number <= total).map(number => foldPath(folder, number));
  const found = await Promise.all(paths.map(findRunFiles));
  return {
    ...{ config, total },
    runs: found.filter(run => run !== null),
    begun: paths.find((_, i) => found[i] === null) ?? null,
  };
}
