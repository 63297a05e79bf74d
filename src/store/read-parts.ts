/** Reads the folder of a cross-validation or an ensemble in any state: its record, and the folds or members that exist. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../errors.js';
import { findRunFiles, type RunFiles, readObject } from './read-run.js';
import { foldPath, memberPath, type Plain, partOf, RUN_FILES } from './run-files.js';

export interface PartFiles {
  kind: 'fold' | 'member';
  /** Configuration shared by the parts. */
  config: Plain;
  /** Total number of parts. */
  total: number;
  /** Parts that have a record, in order. */
  runs: RunFiles[];
  /** Folder of a part without a record: it has just started, or its process was killed at that moment. */
  begun: string | null;
}

/** The option that says how many parts there are, and where each is. */
const KINDS = {
  fold: { option: 'folds', pathOf: foldPath },
  member: { option: 'ensemble', pathOf: memberPath },
} as const;

/**
 * null if the folder belongs to something else.
 * @throws usage if it has no record yet, or one of its files is not JSON
 */
export async function readParts(folder: string): Promise<PartFiles | null> {
  const names = await readdir(folder).catch(() => []);
  const parts = names.map(partOf).filter(part => part !== null);
  if (parts.length === 0) return null;
  const path = join(folder, RUN_FILES.config);
  const config = await readObject(path);
  if (config === null) {
    const what = parts[0]!.kind === 'fold' ? 'a cross-validation' : 'an ensemble';
    throw usageError(
      `${path}: expected the record of ${what}, got nothing yet.`,
      'Repeat the command that began it.',
    );
  }
  const options = (config.options ?? {}) as Plain;
  const kind = (['fold', 'member'] as const).find(kind => options[KINDS[kind].option] !== undefined);
  // Folders of another run that this one replaced: any that remain were put there by somebody else.
  if (kind === undefined) return null;
  const { option, pathOf } = KINDS[kind];
  const total = Number(options[option]);
  const numbers = parts
    .filter(part => part.kind === kind && part.number <= total)
    .map(({ number }) => number);
  const paths = numbers.sort((a, b) => a - b).map(number => pathOf(folder, number));
  const found = await Promise.all(paths.map(findRunFiles));
  return {
    kind,
    config,
    total,
    runs: found.filter(run => run !== null),
    begun: paths.find((_, i) => found[i] === null) ?? null,
  };
}
